import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { ClusterStandIn, type ClusterStandInOptions } from '../../../apps/sandbox/cluster/index.js';
import { HubClient, HubProcess, type HubProject, type IssueView } from '../../../apps/sandbox/hub/index.js';
import { shownBy, SlackStandIn, type SlackMessage } from '../../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../../libs/testing/index.js';
import { WITHOUT_SLACK_PACE } from './slack-pace.js';

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
  SPILLWAY_CORE_LOAD_CLOSE_WINDOW: '1s',
  SPILLWAY_MEMORY_CLOSE_WINDOW: '1s',
  SPILLWAY_LEADER_MISMATCH_WINDOW: '2s',
  SPILLWAY_LEADER_MISMATCH_CLOSE_AFTER: '1s',
  SPILLWAY_OUT_OF_SYNC_WINDOW: '2s',
  SPILLWAY_OUT_OF_SYNC_LAG: '300ms',
  SPILLWAY_UNREACHABLE_WINDOW: '2s',
  SPILLWAY_SLACK_UPDATE_INTERVAL: '2s',
  LOG_LEVEL: 'info',
};

/** A simulated cluster that the hub watches. */
export interface Watched {
  readonly id: string;
  readonly name: string;
  readonly standIn: ClusterStandIn;
}

/** Kinds of the issues of each cluster, sorted; one that is there twice is twice in it. */
export const kindsByName = (
  issues: readonly IssueView[],
  clusters: readonly (readonly [Watched, ...unknown[]])[],
): Record<string, string[]> =>
  Object.fromEntries(
    clusters.map(([{ id, name }]) => [
      name,
      issues.flatMap(({ clusterId, kind }) => (clusterId === id ? [kind] : [])).sort(),
    ]),
  );

/** A built hub with short windows, beside a simulated cluster and a Slack stand-in. */
export class World {
  readonly slack = new SlackStandIn();
  readonly cluster = new ClusterStandIn();
  hub!: HubProcess;
  client!: HubClient;
  project!: HubProject;
  integrationId!: string;
  directory!: string;
  readonly #others: ClusterStandIn[] = [];

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<World> {
    const world = new World();
    world.slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
    world.slack.workspace.addChannel(CHANNEL);
    await Promise.all([world.slack.start(), world.cluster.start({ nodes: 3 })]);
    world.directory = await mkdtemp(join(tmpdir(), 'spillway-e2e-'));
    world.hub = await HubProcess.start({
      ...SHORT_WINDOWS,
      ...WITHOUT_SLACK_PACE,
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

  /** Starts one more simulated cluster and registers it; `more` goes over the registration. */
  async watchAnother(
    name: string,
    options: ClusterStandInOptions = {},
    more: (urls: readonly string[]) => object = () => ({}),
  ): Promise<Watched> {
    const standIn = new ClusterStandIn();
    this.#others.push(standIn);
    await standIn.start(options);
    const urls = standIn.nodes.map(({ url }) => url);
    return { id: await this.project.addCluster(name, urls, more(urls)), name, standIn };
  }

  /** Resolves when every node of these clusters has told what it is. */
  async untilSeen(clusters: readonly Watched[]): Promise<void> {
    for (const { id, name } of clusters) {
      await waitUntil(async () => (await this.project.cluster(id)).nodes.every(({ role }) => role !== null), {
        what: `the roles of ${name}`,
        timeoutMs: PATIENCE_MS,
        intervalMs: 100,
      });
    }
  }

  /** Kinds of a cluster's open issues (or of all that there ever were), sorted; one that is there twice is twice in it. */
  async kindsOf({ id }: Watched, status?: 'open'): Promise<string[]> {
    const issues = await this.project.issues(status);
    return issues
      .filter(({ clusterId }) => clusterId === id)
      .map(({ kind }) => kind)
      .sort();
  }

  /**
   * Resolves with all open issues when there are just these kinds open at each of these clusters. Fails with the
   * difference, by the clusters' names.
   */
  async untilOpen(expected: readonly (readonly [Watched, readonly string[]])[]): Promise<IssueView[]> {
    const wanted = Object.fromEntries(expected.map(([{ name }, kinds]) => [name, [...kinds].sort()]));
    let issues: IssueView[] = [];
    const seen = (): unknown => kindsByName(issues, expected);
    try {
      await waitUntil(
        async () => {
          issues = await this.project.issues('open');
          return isDeepStrictEqual(seen(), wanted);
        },
        { what: 'the issues', timeoutMs: 60_000, intervalMs: 250 },
      );
    } catch {
      expect(seen(), this.hub.output.slice(-5_000)).toEqual(wanted);
    }
    return issues;
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
    await Promise.all([this.slack, this.cluster, ...this.#others].map((standIn) => standIn.stop()));
    await rm(this.directory, { recursive: true, force: true });
  }
}
