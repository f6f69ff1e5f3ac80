import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient, HubProcess, type HubProject } from '../../../apps/sandbox/hub/index.js';
import { OpsGenieStandIn, type OpsGenieAlert } from '../../../apps/sandbox/opsgenie/index.js';
import { waitUntil } from '../../../libs/testing/index.js';
import { BOOTSTRAP_TOKEN } from './world.js';

export const OPSGENIE_KEY = 'e2e-planted-genie-key';
const PATIENCE_MS = 45_000;

/** A built hub beside a stand-in for OpsGenie and JSM Operations, with one integration that goes there. */
export class OpsGenieWorld {
  readonly opsGenie = new OpsGenieStandIn();
  hub!: HubProcess;
  client!: HubClient;
  project!: HubProject;
  integrationId!: string;
  #directory!: string;

  static async start(settings?: object, source = 'issues'): Promise<OpsGenieWorld> {
    const world = new OpsGenieWorld();
    await world.opsGenie.start();
    world.opsGenie.addKey(OPSGENIE_KEY);
    world.#directory = await mkdtemp(join(tmpdir(), 'spillway-e2e-'));
    world.hub = await HubProcess.start({
      SPILLWAY_DATA_DIR: world.#directory,
      SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
      OPSGENIE_API_URL: world.opsGenie.url,
      LOG_LEVEL: 'info',
    });
    world.client = new HubClient(world.hub.url);
    await world.client.logIn(BOOTSTRAP_TOKEN);
    world.project = await world.client.createProject();
    world.integrationId = await world.addIntegration(OPSGENIE_KEY, settings, source);
    return world;
  }

  addIntegration(apiKey: string, settings?: object, source = 'issues'): Promise<string> {
    return this.project.addIntegration({ sink: 'opsGenie', source, apiKey }, settings);
  }

  /** Of an operation, in order. */
  callsOf(operation: string) {
    return this.opsGenie.calls.filter((call) => call.operation === operation);
  }

  /** Resolves when the account's alerts, oldest first, are so; fails with what they are instead. */
  async untilAlerts(...expected: readonly OpsGenieAlert['status'][]): Promise<readonly OpsGenieAlert[]> {
    await this.until(`alerts ${expected.join(', ')}`, () => this.#statuses() === expected.join());
    return this.opsGenie.alerts;
  }

  async until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
    await waitUntil(async () => look(), { what, timeoutMs: PATIENCE_MS, intervalMs: 25 }).catch((error) => {
      throw new Error(`${String(error)}; OpsGenie has ${this.#statuses() || 'nothing'}\n${this.hub.output}`);
    });
  }

  /** Resolves when nothing is owed any more. */
  untilSettled(integrationId = this.integrationId): Promise<void> {
    return this.until('a settled ledger', async () => {
      const { inFlight, parked, balanced } = await this.project.ledger(integrationId);
      return inFlight + parked === 0 && balanced;
    });
  }

  async stop(): Promise<void> {
    await this.hub.end();
    await this.opsGenie.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #statuses(): string {
    return this.opsGenie.alerts.map(({ status }) => status).join();
  }
}
