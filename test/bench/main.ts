import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { startRedis, type TestRedis } from '../../libs/testing/redis-server.js';
import { measureFloor } from './floor.js';
import { postgresUrlOf, startBenchHub } from './hub.js';
import { measureLatency } from './latency.js';
import { measureIdleMemory } from './memory.js';
import { formatSummary } from './statistics.js';

const EVENTS = 1_000;
const PER_SECOND = 50;
const WARM_UP = 100;
const CLUSTERS = 100;
const TOKEN = 'xoxb-bench';

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** The way of one issue event through the hub, on PostgreSQL or Redis, beside bare BullMQ on the same server. */
async function benchLatency(redis: TestRedis | undefined): Promise<void> {
  const name = redis ? 'Redis' : 'PostgreSQL';
  const slack = new SlackStandIn();
  await slack.start();
  slack.workspace.addToken(TOKEN);
  slack.workspace.addChannel('bench');
  const hub = await startBenchHub({
    SLACK_API_URL: slack.apiUrl,
    ...(redis ? { REDIS_URL: redis.url } : {}),
  });
  try {
    await hub.project.addSlack('#bench', TOKEN);
    await measureLatency(hub.project, slack, 'warm-up', WARM_UP, PER_SECOND);
    const latency = await measureLatency(hub.project, slack, 'bench', EVENTS, PER_SECOND);
    const backend = redis ? { redisUrl: redis.url } : { postgresUrl: await postgresUrlOf(hub) };
    await measureFloor(backend, WARM_UP, PER_SECOND);
    const floor = await measureFloor(backend, EVENTS, PER_SECOND);
    print(formatSummary(`${name}: report sent -> Slack request`, latency.fromRequest));
    print(formatSummary(`${name}: event accepted (202) -> Slack request`, latency.fromAccepted));
    print(formatSummary(`${name}: floor, bare BullMQ add -> process`, floor));
    const over = latency.fromAccepted.p99 - floor.p99;
    print(`${name}: p99 of accepted -> Slack is ${over.toFixed(1)} ms over the floor (aim: under 10 ms)`);
    print();
  } finally {
    await hub.stop();
    await slack.stop();
  }
}

async function main(): Promise<void> {
  print(`${EVENTS} issue events at ${PER_SECOND}/s, each a new issue that becomes one Slack post`);
  print();
  await benchLatency(undefined);
  const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  const redis = await startRedis(directory);
  if (redis) {
    await benchLatency(redis);
    await redis.stop();
  }
  await rm(directory, { recursive: true, force: true });
  const memory = await measureIdleMemory(CLUSTERS);
  print(
    memory
      ? `Hub idle with ${memory.clusters} clusters: ${memory.lastMiB.toFixed(0)} MiB resident, peak ${memory.peakMiB.toFixed(0)} MiB (aim: under 200 MB)`
      : 'Hub idle: resident memory is not told on this system',
  );
}

await main();
