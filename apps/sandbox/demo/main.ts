import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterStandIn } from '../cluster/index.js';
import { HubClient, HubProcess } from '../hub/index.js';
import { SlackStandIn } from '../slack/index.js';
import { play } from './play.js';
import { Story } from './story.js';

const BOOTSTRAP_TOKEN = 'demo-bootstrap-token';

/** Windows and intervals that make minutes seconds. */
const SHORT = {
  SPILLWAY_HOST_INTERVAL: '1s',
  SPILLWAY_GOSSIP_INTERVAL: '1s',
  SPILLWAY_DISK_WINDOW: '4s',
  SPILLWAY_CONSENSUS_CONFIRM_AFTER: '2s',
  SPILLWAY_LEADER_MISMATCH_WINDOW: '3s',
  SPILLWAY_LEADER_MISMATCH_CLOSE_AFTER: '2s',
  SPILLWAY_SLACK_UPDATE_INTERVAL: '5s',
};

/** Starts everything, plays the story, and ends everything, also on Ctrl-C. */
async function main(): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ending ??= (async () => {
      for (const step of undo.splice(0).toReversed()) await step();
    })());
  process.on('SIGINT', () => void end().then(() => process.exit(130)));
  process.on('SIGTERM', () => void end().then(() => process.exit(143)));
  try {
    await run(undo);
  } catch (error) {
    if (!ending) throw error;
  } finally {
    await end();
  }
}

async function run(undo: (() => Promise<unknown>)[]): Promise<void> {
  const story = new Story();
  story.chapter('Starting');
  const slack = new SlackStandIn();
  await slack.start();
  undo.push(() => slack.stop());
  story.tell(`a Slack stand-in answers at ${slack.url}`);
  const cluster = new ClusterStandIn();
  await cluster.start({ nodes: 3, version: '25.1' });
  undo.push(() => cluster.stop());
  story.tell(
    `a simulated KurrentDB 25.1 of three nodes answers at ${cluster.nodes.map(({ url }) => url).join(', ')}`,
  );
  const directory = await mkdtemp(join(tmpdir(), 'spillway-demo-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  story.tell('the hub starts with its embedded PostgreSQL ...');
  const starting = HubProcess.start({
    ...SHORT,
    SPILLWAY_DATA_DIR: directory,
    SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'warn',
  });
  undo.push(() =>
    starting.then(
      (started) => started.end(),
      () => undefined,
    ),
  );
  const hub = await starting;
  story.tell(`the hub is ready at ${hub.url}, its API documented at ${hub.url}/docs`);
  const client = new HubClient(hub.url);
  await client.logIn(BOOTSTRAP_TOKEN);
  await play(story, client, cluster, slack);
  story.end();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
