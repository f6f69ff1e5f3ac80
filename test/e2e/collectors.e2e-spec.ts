import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmptyDatabase, waitUntil } from '../../libs/testing/index.js';
import { CollectorProcess } from './support/collector-process.js';
import { World, type Watched } from './support/world.js';

const PATIENCE_MS = 45_000;

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let world: World | undefined;
let collectors: CollectorProcess[];

beforeEach(async () => {
  database = await createEmptyDatabase();
  collectors = [];
});
afterEach(async () => {
  await Promise.all(collectors.map((collector) => collector.end()));
  await world?.stop();
  await database.close();
});

interface Row {
  readonly key: string;
  readonly status: string;
  readonly events: string[];
  readonly seqs: number[];
}

/** Every issue with its events in their order. */
async function issues(): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      `SELECT key, status, array_agg(event ORDER BY seq) AS events, array_agg(seq ORDER BY seq) AS seqs
         FROM issues JOIN issue_events ON issue_id = issues.id GROUP BY issues.id ORDER BY key`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

it('two collectors beside a hub open every issue once, also when one of them is killed', async () => {
  const shared = {
    DATABASE_URL: database.url,
    SPILLWAY_SECRET_KEY: randomBytes(32).toString('base64'),
    SPILLWAY_HOST_INTERVAL: '300ms',
    SPILLWAY_GOSSIP_INTERVAL: '400ms',
    LOG_LEVEL: 'debug',
  };
  const { settings } = (world = await World.start(shared)).hub;
  const { PORT: _, SPILLWAY_DATA_DIR: __, ...same } = settings;
  collectors.push(...(await Promise.all([CollectorProcess.start(same), CollectorProcess.start(same)])));
  const watched: Watched[] = [];
  for (let index = 0; index < 6; index += 1) watched.push(await world.watchAnother(`cluster-${index}`));
  await world.untilSeen(watched);

  const until = (what: string, look: () => boolean | Promise<boolean>): Promise<true> =>
    waitUntil(look, { what, timeoutMs: PATIENCE_MS, intervalMs: 100 });
  const expected = watched.flatMap(() => [
    'cluster-consensus',
    'disk-usage',
    'memory-usage',
    'unreachable-node',
  ]);
  const kindsOf = (rows: readonly Row[]): string[] =>
    rows.map(({ key }) => expected.find((kind) => key.includes(kind)) ?? key).sort();
  for (const { standIn } of watched) {
    standIn.setDisk(0, 91);
    standIn.setMemory(1, 95);
    standIn.setBlind(2, 1);
  }
  await until('every issue to be open', async () => (await issues()).length >= expected.length);
  expect(kindsOf(await issues())).toEqual(expected.toSorted());
  await until('both collectors to have found something', () =>
    collectors.every(({ findings }) => findings > 5),
  );

  expect(await collectors[0]!.end('SIGKILL')).toBeNull();
  const before = await issues();
  const foundBefore = collectors[1]!.findings;
  await until('every issue to go on', async () => {
    const counts = new Map(before.map(({ key, seqs }) => [key, seqs.length]));
    return (await issues()).every(({ key, seqs }) => seqs.length > (counts.get(key) ?? Infinity) + 1);
  });
  await until('the other collector to go on', () => collectors[1]!.findings > foundBefore);
  expect(kindsOf(await issues())).toEqual(expected.toSorted());

  for (const { standIn } of watched) await standIn.reset();
  await until('every issue to be closed', async () =>
    (await issues()).every(({ status }) => status === 'closed'),
  );
  const rows = await issues();
  expect(kindsOf(rows)).toEqual(expected.toSorted());
  expect(new Set(rows.map(({ key }) => key)).size, 'no key was opened twice').toBe(rows.length);
  for (const { events, seqs } of rows) {
    expect(seqs).toEqual(seqs.map((_seq, index) => index + 1));
    expect([events.at(-1), events.filter((event) => event === 'closed').length]).toEqual(['closed', 1]);
  }
  expect(await collectors[1]!.end()).toBe(0);
  await world.untilSettled();
});
