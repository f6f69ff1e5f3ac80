import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import { HubClient, HubProcess, type HubProject, type LedgerView } from '../../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../../libs/testing/index.js';

export const REGION = 'eu-west-1';
export const GROUP = '/orders/db';
export const KEYS = {
  accessKeyId: 'AKIAE2EPLANTED000001',
  secretAccessKey: 'e2e/planted+secret/access/key00000000001',
};
const BOOTSTRAP_TOKEN = 'e2e-bootstrap-token';
const PATIENCE_MS = 60_000;

export interface HealthView {
  readonly health: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly lastError: { readonly code: string | null; readonly reason: string | null } | null;
  readonly throttledUntil: string | null;
}

/** A built hub with a project, beside AWS's stand-in with one user's keys and one log group. */
export class AwsWorld<Aws extends CloudWatchStandIn = CloudWatchStandIn> {
  hub!: HubProcess;
  client!: HubClient;
  project!: HubProject;
  directory!: string;

  private constructor(readonly aws: Aws) {}

  static async start<Aws extends CloudWatchStandIn>(
    aws: Aws,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<AwsWorld<Aws>> {
    const world = new AwsWorld(aws);
    await aws.start();
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
    aws.accounts.addLogGroup(GROUP, REGION);
    world.directory = await mkdtemp(join(tmpdir(), 'spillway-e2e-'));
    world.hub = await HubProcess.start({
      SPILLWAY_DATA_DIR: join(world.directory, 'hub'),
      SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: aws.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: aws.url,
      AWS_ENDPOINT_URL_STS: aws.url,
      ...settings,
    });
    world.client = new HubClient(world.hub.url);
    await world.client.logIn(BOOTSTRAP_TOKEN);
    world.project = await world.client.createProject();
    return world;
  }

  addLogs(data: object = {}, settings?: object): Promise<string> {
    const place = { sink: 'awsCloudWatchLogs', source: 'logs', groupName: GROUP, region: REGION };
    return this.project.addIntegration({ ...place, ...KEYS, ...data }, settings);
  }

  addMetrics(namespace: string, settings?: object): Promise<string> {
    const place = { sink: 'awsCloudWatchMetrics', source: 'metrics', namespace, region: REGION };
    return this.project.addIntegration({ ...place, ...KEYS }, settings);
  }

  async ingestToken(): Promise<string> {
    const path = `/hub/v1/${this.project.path}/ingest-tokens`;
    return (await this.client.call<{ token: string }>('POST', path, { label: 'e2e' })).token;
  }

  health(integrationId: string): Promise<HealthView> {
    return this.client.call('GET', `${this.project.integration(integrationId)}/health`);
  }

  settingsOf(integrationId: string): Promise<Record<string, unknown>> {
    return this.client.call('GET', `${this.project.integration(integrationId)}/settings`);
  }

  /** The connection test, as a person asks for it. */
  test(integrationId: string) {
    const path = `/integrate/v1/${this.project.path}/integrations/${integrationId}/test`;
    return this.client.request<{ detail?: string } | undefined>('POST', path, {});
  }

  edit(integrationId: string, data: object): Promise<unknown> {
    const path = `/integrate/v1/${this.project.path}/integrations/${integrationId}`;
    return this.client.call('PUT', path, { data });
  }

  /** Resolves when the integration's ledger balances and is so, with the ledger. */
  async untilLedger(
    integrationId: string,
    isSo: (ledger: LedgerView) => boolean,
    what: string,
    timeoutMs = PATIENCE_MS,
  ): Promise<LedgerView> {
    let ledger: LedgerView | undefined;
    try {
      await waitUntil(
        async () => {
          ledger = await this.project.ledger(integrationId);
          return ledger.balanced && isSo(ledger);
        },
        { what, timeoutMs, intervalMs: 50 },
      );
    } catch (error) {
      const seen = JSON.stringify(ledger);
      throw new Error(`${what}: the ledger is ${seen}\n${this.hub.output.slice(-4_000)}`, { cause: error });
    }
    return ledger!;
  }

  /** Resolves when nothing is owed any more, with the ledger. */
  untilSettled(integrationId: string, accepted: number, timeoutMs = PATIENCE_MS): Promise<LedgerView> {
    return this.untilLedger(
      integrationId,
      (ledger) => ledger.accepted >= accepted && ledger.inFlight + ledger.parked === 0,
      'a settled ledger',
      timeoutMs,
    );
  }

  untilHealth(
    integrationId: string,
    isSo: (health: HealthView) => boolean,
    what: string,
  ): Promise<HealthView> {
    const look = async (): Promise<HealthView | undefined> => {
      const health = await this.health(integrationId);
      return isSo(health) ? health : undefined;
    };
    return waitUntil(look, { what, timeoutMs: PATIENCE_MS, intervalMs: 50 });
  }

  untilFailing(integrationId: string): Promise<HealthView> {
    return this.untilHealth(integrationId, ({ health }) => health === 'failing', 'the integration to fail');
  }

  /** Ends the hub and starts it again on the same data. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.hub.end(signal);
    await this.hub.restart();
  }

  async stop(): Promise<void> {
    await this.hub?.end();
    await this.aws.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
