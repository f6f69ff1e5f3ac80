import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterStandIn } from '../../../apps/sandbox/cluster/index.js';
import { HubClient, HubProcess, type HubProject } from '../../../apps/sandbox/hub/index.js';
import { shownBy, SlackStandIn, type SlackMessage } from '../../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../../libs/testing/index.js';

export const SLACK_TOKEN = 'xoxb-e2e-planted-secret';
export const BOOTSTRAP_TOKEN = 'e2e-bootstrap-token';
export const CHANNEL = 'alerts';
export const OPEN_COLOR = '#d92d20';
export const CLOSED_COLOR = '#12a150';
const PATIENCE_MS = 45_000;

const SHORT_WINDOWS = {
  SPILLWAY_HOST_INTERVAL: '250ms',
  SPILLWAY_GOSSIP_INTERVAL: '500ms',
  SPILLWAY_DISK_WINDOW: '1s',
  SPILLWAY_CONSENSUS_CONFIRM_AFTER: '1s',
  SPILLWAY_SLACK_UPDATE_INTERVAL: '2s',
  LOG_LEVEL: 'info',
};

/** A built hub with short windows, beside a simulated cluster and a Slack stand-in. */
export class World {
  readonly slack = new SlackStandIn();
  readonly cluster = new ClusterStandIn();
  hub!: HubProcess;
  client!: HubClient;
  project!: HubProject;
  integrationId!: string;
  directory!: string;

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<World> {
    const world = new World();
    world.slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
    world.slack.workspace.addChannel(CHANNEL);
    await Promise.all([world.slack.start(), world.cluster.start({ nodes: 3 })]);
    world.directory = await mkdtemp(join(tmpdir(), 'spillway-e2e-'));
    world.hub = await HubProcess.start({
      ...SHORT_WINDOWS,
      SPILLWAY_DATA_DIR: world.directory,
      SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
      SLACK_API_URL: world.slack.apiUrl,
      ...settings,
    });
    world.client = new HubClient(world.hub.url);
    await world.client.logIn(BOOTSTRAP_TOKEN);
    world.project = await world.client.createProject();
    world.integrationId = await world.project.addSlack(`#${CHANNEL}`, SLACK_TOKEN);
    return world;
  }

  async watchCluster(): Promise<string> {
    return this.project.addCluster(
      'orders-db',
      this.cluster.nodes.map(({ url }) => url),
    );
  }

  /** Ends the hub and starts it again on the same data. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.hub.end(signal);
    await this.hub.restart();
  }

  get messages(): readonly SlackMessage[] {
    return this.slack.workspace.visibleMessages(CHANNEL);
  }

  colors(): (string | undefined)[] {
    return this.messages.map((message) => shownBy(message).attachments[0]?.color);
  }

  /** Resolves when the visible messages have just these colours. */
  async untilColors(...colors: string[]): Promise<void> {
    await this.slack
      .waitFor(() => this.colors().join() === colors.join(), PATIENCE_MS)
      .catch(() => {
        throw new Error(
          `Slack shows ${this.colors().join() || 'nothing'}, not ${colors.join()}\n${this.hub.output}`,
        );
      });
  }

  /** Resolves when nothing is owed any more. */
  async untilSettled(): Promise<void> {
    await waitUntil(
      async () => {
        const { inFlight, parked, balanced } = await this.project.ledger(this.integrationId);
        return inFlight + parked === 0 && balanced;
      },
      { what: 'a settled ledger', timeoutMs: PATIENCE_MS, intervalMs: 50 },
    );
  }

  async stop(): Promise<void> {
    await this.hub.end();
    await Promise.all([this.slack.stop(), this.cluster.stop()]);
    await rm(this.directory, { recursive: true, force: true });
  }
}
