import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { startRedis, type TestRedis } from '../../libs/testing/redis-server.js';
import { loadSettings } from '../../libs/config/index.js';
import { measurePace } from './collector.js';
import { measureApi } from './api.js';
import { measureBurst } from './burst.js';
import { measureDetection } from './detection.js';
import { measureParser, measurePostgres, measureQueries, measureSqlite } from './event-store/measure.js';
import { measureFloor } from './floor.js';
import { postgresUrlOf, startBenchHub } from './hub.js';
import { measureIsolation } from './isolation.js';
import { measureLatency } from './latency.js';
import { measureIdleMemory } from './memory.js';
import type { PaceFigures } from './pace.js';
import { formatSummary } from './statistics.js';
import { measureStreams } from './streams/measure.js';

const EVENTS = 1_000;
const PER_SECOND = 50;
const WARM_UP = 100;
const CLUSTERS = 100;
const TOKEN = 'xoxb-bench';
const DETECTION_CLUSTERS = 10_000;
const DETECTION_ROUNDS = 30;
const FLEETS = [1_000, 2_000, 3_000] as const;
const LATE_MS = 1_000;
const BURST_ISSUES = 2_000;
const ISOLATION_EVENTS = 500;
const STREAM_LINES = 500_000;
const EVENT_LINES = 200_000;
/** Fewer, or more, by the environment: fifty million take minutes to make, and about 20 GB of disk. */
const EVENT_ROWS = Number(process.env['BENCH_ROWS'] ?? 50_000_000);
const STREAM_BACKLOGS = [500_000, 5_000_000] as const;

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
    SPILLWAY_SLACK_POST_INTERVAL: '0s',
    SPILLWAY_SLACK_UPDATES_PER_MINUTE: '0',
    ...(redis ? { REDIS_URL: redis.url } : {}),
  });
  try {
    const data = { sink: 'slack', source: 'issues', channelId: '#bench', token: TOKEN };
    await hub.project.addIntegration(data, { stormThreshold: 0 });
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

async function benchDelivery(): Promise<void> {
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
}

async function benchMemory(): Promise<void> {
  const memory = await measureIdleMemory(CLUSTERS);
  print(
    memory
      ? `Hub idle with ${memory.clusters} clusters: ${memory.lastMiB.toFixed(0)} MiB resident, peak ${memory.peakMiB.toFixed(0)} MiB (aim: under 200 MB)`
      : 'Hub idle: resident memory is not told on this system',
  );
}

/** All detectors over many clusters, without network and database. */
function benchDetection(): void {
  const figures = measureDetection(DETECTION_CLUSTERS, DETECTION_ROUNDS, loadSettings({}).detection);
  const thousands = (value: number): string => `${(value / 1_000).toFixed(0)} k`;
  print(
    `Detectors over ${figures.clusters} clusters of 3 nodes, ${DETECTION_ROUNDS} rounds: ${thousands(figures.evaluationsPerSecond)} evaluations/s ` +
      `(floor, detectors that do nothing: ${thousands(figures.floorPerSecond)}/s), ${figures.transitions} transitions`,
  );
  print(
    `  what they remember: ${thousands(figures.stateBytes)}B as stored, ${(figures.stateHeapBytes / 1024 / 1024).toFixed(1)} MiB of heap`,
  );
  print();
}

/** One collector process on one core, at the default intervals: the largest fleet that it keeps up with. */
async function benchCollector(): Promise<void> {
  let largest: PaceFigures | undefined;
  for (const clusters of FLEETS) {
    const figures = await measurePace(clusters);
    const cpu = figures.cpuShare === undefined ? '' : `, ${(figures.cpuShare * 100).toFixed(0)} % of a core`;
    const memory = figures.peakMiB === undefined ? '' : `, peak ${figures.peakMiB.toFixed(0)} MiB`;
    print(formatSummary(`Collector, ${clusters} clusters of 3 nodes: lateness`, figures.latenessMs));
    print(
      `  ${figures.requestsPerSecond.toFixed(0)} requests/s, ${(figures.roundsShare * 100).toFixed(1)} % of the rounds${cpu}${memory}`,
    );
    if (figures.latenessMs.p99 > LATE_MS || figures.roundsShare < 0.99) break;
    largest = figures;
  }
  print(
    largest === undefined
      ? `Collector: does not keep up with ${FLEETS[0]} clusters`
      : `Collector: keeps up with ${largest.clusters} clusters, p99 of lateness under ${LATE_MS} ms` +
          (largest.cpuShare === undefined || largest.peakMiB === undefined
            ? ''
            : `; per cluster ${((largest.cpuShare / largest.clusters) * 1e6).toFixed(0)} µs of CPU a second, ${((largest.peakMiB * 1024) / largest.clusters).toFixed(0)} KiB`) +
          ' (aim: 2000 clusters, 400 MB)',
  );
  print();
}

/** Reading the API with a full database, and getting tokens. */
async function benchApi(): Promise<void> {
  const rows = await measureApi();
  for (const { name, perSecond, latency } of rows)
    print(`${formatSummary(`API: ${name}`, latency)}  ${perSecond.toFixed(0).padStart(6)}/s`);
  print();
}

/** Many issues at once through OpsGenie's stand-in, on PostgreSQL and on Redis. */
async function benchBurst(): Promise<void> {
  await printBurst('PostgreSQL', {}, 500);
  const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  const redis = await startRedis(directory);
  if (redis) {
    await printBurst('Redis', { REDIS_URL: redis.url }, 1_000);
    await redis.stop();
  }
  await rm(directory, { recursive: true, force: true });
}

async function printBurst(
  name: string,
  settings: Readonly<Record<string, string>>,
  aim: number,
): Promise<void> {
  const burst = await measureBurst(settings, BURST_ISSUES);
  const pace = (ms: number): string =>
    `${(ms / 1_000).toFixed(2)} s, ${((burst.issues * 1_000) / ms).toFixed(0)} creates/s`;
  print(`${name}: ${burst.issues} issues reported -> last create: ${pace(burst.reportedMs)}`);
  print(`${name}: ${burst.issues} issues let go -> last create: ${pace(burst.releasedMs)} (aim: ${aim}/s)`);
  print(`${name}: ... -> last verdict confirmed: ${(burst.confirmedMs / 1_000).toFixed(2)} s`);
  print(`${name}: ceiling, bare HTTP to the stand-in: ${burst.ceilingPerSecond.toFixed(0)} creates/s`);
  print();
}

/** What one integration notices of another's trouble at the same sink. */
async function benchIsolation(): Promise<void> {
  for (const { other, latency } of await measureIsolation(ISOLATION_EVENTS, PER_SECOND))
    print(formatSummary(`Accepted -> create, while the other has: ${other}`, latency));
  print();
}

/** Logs by line protocol into the store, and from there to CloudWatch's stand-in, with everything on this machine. */
async function benchStreams(): Promise<void> {
  const figures = await measureStreams(STREAM_LINES, STREAM_BACKLOGS);
  const rate = (perSecond: number): string => `${(perSecond / 1_000).toFixed(1)} k lines/s`;
  const megabytes = (perSecond: number): string =>
    `${((perSecond * figures.bytesPerLine) / 1e6).toFixed(1)} MB/s`;
  print(
    `Logs of ${figures.bytesPerLine} bytes, ${figures.lines} lines; hub, database, sender and stand-in share the cores`,
  );
  print(`  accepted (200, stored):       ${rate(figures.accepted)}, ${megabytes(figures.accepted)}`);
  print(`  floor, bare COPY:             ${rate(figures.copyFloor)}`);
  print(`  stored -> acknowledged:       ${rate(figures.delivered)}, ${megabytes(figures.delivered)}`);
  print(`  floor, bare PutLogEvents:     ${rate(figures.sdkFloor)}`);
  print(
    `  end to end, both at once:     ${rate(figures.endToEnd)}, ${megabytes(figures.endToEnd)} (aim: 40 k lines/s)`,
  );
  if (figures.cpuSecondsPerMillion !== undefined)
    print(
      `  hub's own CPU, end to end:    ${figures.cpuSecondsPerMillion.toFixed(1)} s for a million lines, ` +
        `${(figures.bytesPerLine / figures.cpuSecondsPerMillion).toFixed(1)} MB/s per core`,
    );
  for (const { backlog, peakMiB } of figures.memory)
    print(
      `  memory with ${backlog} lines behind: ${peakMiB === undefined ? 'not told here' : `peak ${peakMiB.toFixed(0)} MiB`}`,
    );
  print();
}

/** The event store: what it takes in on each backend, and how quickly it answers over many rows. */
async function benchEventStore(): Promise<void> {
  const k = (perSecond: number): string => `${(perSecond / 1_000).toFixed(1)} k lines/s`;
  const parser = measureParser(EVENT_LINES);
  print(
    `Line protocol parser alone: ${k(parser.lines)}, ${parser.megabytes.toFixed(0)} MB/s (aim: 1000 k lines/s)`,
  );
  print(
    `${EVENT_LINES} events of about 180 bytes in bodies of 1000 on 8 connections; store, database and sender share the cores`,
  );
  for (const [name, floorName, measure] of [
    ['PostgreSQL', 'COPY', measurePostgres],
    ['SQLite', 'prepared insert', measureSqlite],
  ] as const) {
    const { accepted, floor, peakMiB } = await measure(EVENT_LINES);
    const memory = peakMiB === undefined ? '' : `, ${peakMiB.toFixed(0)} MiB resident`;
    const aim = name === 'PostgreSQL' ? ' (aim: 100 k)' : '';
    print(
      `  ${name}: acknowledged and stored ${k(accepted)}${aim}${memory}; floor, bare ${floorName}: ${k(floor)}`,
    );
  }
  const { rows, filledSeconds, ours, floor } = await measureQueries(EVENT_ROWS);
  print(
    `A day of one host by the API, over ${rows / 1e6} million rows in PostgreSQL (filled in ${filledSeconds.toFixed(0)} s)`,
  );
  print(formatSummary('  query (aim: p99 under 20 ms)', ours));
  print(formatSummary('  floor, bare prepared statement', floor));
  print();
}

const SECTIONS = {
  api: benchApi,
  burst: benchBurst,
  isolation: benchIsolation,
  detection: async () => benchDetection(),
  collector: benchCollector,
  delivery: benchDelivery,
  streams: benchStreams,
  'event-store': benchEventStore,
  memory: benchMemory,
} as const;

/** All sections, or those that are named: `npm run bench -- detection collector`. */
async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}\n`,
    );
    process.exit(1);
  }
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (named.length === 0 || named.includes(name)) await section();
  }
}

await main();
