import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { StreamIntake, IntakeFull, type StreamBatch } from '../delivery/index.js';
import { systemClock } from '../domain/index.js';
import { Egress } from '../egress/index.js';
import { Metrics } from '../observability/index.js';
import { LogFileStore, type Transaction } from '../persistence/index.js';
import { LogPoller } from './log-poller.js';
import { startCollection, type AddedCluster } from './testing/collection-harness.js';
import { WatchedClusters } from './watched-clusters.js';

const CREDENTIALS = { username: 'ops', password: 'changeit' };
const files = new LogFileStore();
const egress = new Egress();
let cluster: ClusterStandIn;
let collection: Awaited<ReturnType<typeof startCollection>>;
let added: AddedCluster;
let logged: string[];
let poller: LogPoller;

// Polls are the test's own: none comes by itself.
beforeAll(async () => {
  collection = await startCollection({ SPILLWAY_LOGS_INTERVAL: '1d' });
});
afterAll(async () => {
  await collection.stop();
  egress.close();
});
beforeEach(async () => {
  await start();
});
afterEach(() => cluster.stop());

async function start({ isLicensed = true, nodes = 1 } = {}): Promise<void> {
  cluster = new ClusterStandIn();
  await cluster.start({ nodes, isLicensed, credentials: CREDENTIALS });
  added = await collection.addCluster(
    cluster.nodes.map(({ url }) => url),
    { pollsLogs: true },
  );
  logged = [];
  poller = pollerWith();
}

const realIntake = (): StreamIntake => collection.app.get(StreamIntake, { strict: false });

/** Another process. */
function pollerWith(intake: StreamIntake = realIntake()): LogPoller {
  const clusters = collection.app.get(WatchedClusters, { strict: false });
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  return new LogPoller(
    clusters,
    collection.database,
    files,
    intake,
    egress,
    systemClock,
    logger,
    new Metrics(),
  );
}
const poll = (by = poller): Promise<void> => by.pollCluster(added.clusterId);

interface Row {
  readonly node: string;
  readonly body: string;
  readonly level: number;
}
const rows = (): Promise<Row[]> =>
  collection.database.query<Row>(
    `SELECT node, body, level FROM stream_entries JOIN streams ON streams.id = stream_id
     WHERE cluster = $1 AND source = 'logs' ORDER BY seq`,
    [added.clusterId],
  );
const lines = async (): Promise<string[]> => (await rows()).map(({ body }) => body);
const pollState = async () => (await files.polls(collection.database, added.nodeIds)).get(added.nodeIds[0]!);
const events = (): string[] => logged.map((line) => (JSON.parse(line) as { event: string }).event);

/** Lines of a file that nobody reads otherwise: `line-7\n`. */
const text = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line-${from + index}\n`).join('');
const names = (from: number, to: number): string[] => text(from, to).trim().split('\n');

describe('log files of a licensed server', () => {
  it('are read from now on, in order, with node, time and level', async () => {
    cluster.appendLog(0, text(1, 3));
    await poll();
    expect(await lines()).toEqual([]);
    cluster.appendLog(0, '{"@t":"2026-01-01T00:00:00Z","@mt":"x","@l":"Warning"}\nplain\n');
    await poll();
    await poll();
    const node = new URL(cluster.nodes[0]!.url).host;
    expect(await rows()).toEqual([
      { node, body: '{"@t":"2026-01-01T00:00:00Z","@mt":"x","@l":"Warning"}', level: 3 },
      { node, body: 'plain', level: 2 },
    ]);
    expect(await pollState()).toMatchObject({ code: null, readAt: expect.any(Date) });
  });

  it('have whole lines only, the one included that was being written at the first poll', async () => {
    cluster.appendLog(0, 'old\nbegun');
    await poll();
    cluster.appendLog(0, ' and ended\nnot yet');
    await poll();
    expect(await lines()).toEqual(['begun and ended']);
    cluster.appendLog(0, ' but now\n');
    await poll();
    expect(await lines()).toEqual(['begun and ended', 'not yet but now']);
  });

  it('are finished before the next one is begun, its last line included', async () => {
    await poll();
    cluster.appendLog(0, text(1, 2));
    await poll();
    cluster.appendLog(0, 'line-3\nline-4');
    cluster.rotateLog(0);
    cluster.appendLog(0, 'line-5\n');
    cluster.rotateLog(0);
    cluster.appendLog(0, 'line-6\n');
    await poll();
    expect(await lines()).toEqual(names(1, 6));
  });

  it('begin anew when they were emptied', async () => {
    await poll();
    cluster.appendLog(0, text(1, 3));
    await poll();
    cluster.truncateLog(0);
    await poll();
    cluster.appendLog(0, text(4, 9));
    await poll();
    expect(await lines()).toEqual(names(1, 9));
  });

  it('come from a server without ranges, too', async () => {
    cluster.appendLog(0, text(1, 3));
    await poll();
    cluster.setFault(0, 'no-ranges');
    cluster.appendLog(0, text(4, 6));
    await poll();
    cluster.appendLog(0, text(7, 8));
    await poll();
    expect(await lines()).toEqual(names(4, 8));
  });

  it('are read some megabytes at a time, and a line of any length comes through', async () => {
    await poll();
    const long = 'x'.repeat(3 * 1024 * 1024);
    cluster.appendLog(0, `${text(1, 100)}${long}\n${'y'.repeat(2 * 1024 * 1024)}\nend\n`);
    await poll();
    expect((await lines()).at(-1)).not.toBe('end');
    await poll();
    const all = await lines();
    expect(all.slice(0, 100)).toEqual(names(1, 100));
    expect(all.at(-1)).toBe('end');
    expect(all.slice(100, -1).join('').replaceAll(/y+$/g, '')).toBe(long);
  });

  it('are read of all nodes', async () => {
    await cluster.stop();
    await start({ nodes: 3 });
    await poll();
    for (const index of [0, 1, 2]) cluster.appendLog(index, `of ${index}\n`);
    await poll();
    expect((await lines()).toSorted()).toEqual(['of 0', 'of 1', 'of 2']);
  });
});

/** An intake that is killed at a moment of its own. */
class FailingIntake extends StreamIntake {
  constructor(private readonly fail: (also: () => Promise<void>) => Promise<void>) {
    super();
  }

  append(batches: readonly StreamBatch[], also?: (tx: Transaction) => Promise<void>): Promise<void> {
    return this.fail(() => realIntake().append(batches, also));
  }
}

describe('each line is stored once', () => {
  beforeEach(async () => {
    await poll();
    cluster.appendLog(0, text(1, 50));
  });

  it('when the process is killed between request and commit', async () => {
    const killed = pollerWith(new FailingIntake(() => Promise.reject(new Error('killed'))));
    await expect(poll(killed)).rejects.toThrow('killed');
    await poll();
    expect(await lines()).toEqual(names(1, 50));
  });

  it('when the transaction ends after the lines and the position, and is rolled back', async () => {
    const rolledBack = new (class extends StreamIntake {
      append(batches: readonly StreamBatch[], also?: (tx: Transaction) => Promise<void>): Promise<void> {
        return realIntake().append(batches, async (tx) => {
          await also?.(tx);
          throw new Error('the connection broke');
        });
      }
    })();
    await expect(poll(pollerWith(rolledBack))).rejects.toThrow('broke');
    await poll();
    expect(await lines()).toEqual(names(1, 50));
  });

  it('when the process is killed right after the commit', async () => {
    const killed = new FailingIntake(async (append) => {
      await append();
      throw new Error('killed');
    });
    await expect(poll(pollerWith(killed))).rejects.toThrow('killed');
    await poll();
    expect(await lines()).toEqual(names(1, 50));
  });

  it('when several processes read at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => poll(pollerWith())));
    cluster.appendLog(0, text(51, 60));
    cluster.rotateLog(0);
    cluster.appendLog(0, text(61, 70));
    await Promise.all([1, 2, 3, 4].map(() => poll(pollerWith())));
    await poll();
    expect(await lines()).toEqual(names(1, 70));
  });

  it('when there was no room for them at first', async () => {
    const full = pollerWith(new FailingIntake(() => Promise.reject(new IntakeFull())));
    await poll(full);
    expect([await lines(), (await pollState())?.code]).toEqual([[], null]);
    await poll();
    expect(await lines()).toEqual(names(1, 50));
  });
});

describe('why they cannot be read', () => {
  it('is a missing licence, said once in the log, and over when it is there', async () => {
    await cluster.stop();
    await start({ isLicensed: false });
    await poll();
    await poll();
    expect(await pollState()).toMatchObject({
      code: 'not-found',
      reason: expect.stringContaining('licence'),
    });
    expect(events()).toEqual(['logs.unavailable']);
  });

  it('is that credentials are missing or have too few rights', async () => {
    await collection.database.query('UPDATE clusters SET credentials = NULL WHERE id = $1', [
      added.clusterId,
    ]);
    await poll();
    expect(await pollState()).toMatchObject({
      code: 'unauthorized',
      reason: expect.stringContaining('$ops'),
    });
  });

  it('is a node that is away; its lines come when it is back, and that is logged', async () => {
    await poll();
    await cluster.setDown(0, 'refuse');
    cluster.appendLog(0, text(1, 2));
    await poll();
    expect((await pollState())?.code).toBe('refused');
    await cluster.setDown(0, null);
    await poll();
    expect(await lines()).toEqual(names(1, 2));
    expect(events()).toEqual(['logs.reading', 'logs.unavailable', 'logs.reading']);
  });

  it('is that this process has not the key of the credentials', async () => {
    const clusters = collection.app.get(WatchedClusters, { strict: false });
    const load = async (id: string) => ({
      ...(await clusters.load(id))!,
      credentials: 'unreadable' as const,
    });
    const logger = pino({ enabled: false });
    const parts = [
      collection.database,
      files,
      realIntake(),
      egress,
      systemClock,
      logger,
      new Metrics(),
    ] as const;
    await poll(new LogPoller({ load }, ...parts));
    expect(await pollState()).toMatchObject({ code: 'credentials-unreadable' });
    expect(cluster.nodes[0]?.requests).toBe(0);
  });

  it('is an answer that is none', async () => {
    cluster.setFault(0, 'html');
    await poll();
    expect(await pollState()).toMatchObject({
      code: 'not-json',
      reason: expect.stringContaining('/admin/logs'),
    });
  });

  it('is not told of a poll that was given up because the hub stops', async () => {
    cluster.setFault(0, 'hang');
    const polled = poll();
    poller.stop();
    await polled;
    expect([await pollState(), events()]).toEqual([undefined, []]);
  });
});

it('does nothing for clusters that were removed or do not want it', async () => {
  await collection.database.query('UPDATE clusters SET polls_logs = false WHERE id = $1', [added.clusterId]);
  await poll();
  expect(cluster.nodes[0]?.requests).toBe(0);
});

it('forgets how far it was in files of nodes that are gone, and in finished ones after a while', async () => {
  const { database } = collection;
  await poll();
  cluster.rotateLog(0);
  cluster.appendLog(0, text(1, 1));
  await poll();
  const known = async (): Promise<string[]> =>
    (await files.positions(database, added.nodeIds[0]!)).map(({ file }) => file).toSorted();
  await files.forget(database, new Date());
  expect(await known()).toEqual(['log20260101.json', 'log20260102.json']);
  await files.forget(database, new Date(Date.now() + 41 * 86_400_000));
  expect(await known()).toEqual(['log20260102.json']);
  await database.query('UPDATE clusters SET polls_logs = false WHERE id = $1', [added.clusterId]);
  await files.forget(database, new Date());
  expect([await known(), await pollState()]).toEqual([[], undefined]);
});
