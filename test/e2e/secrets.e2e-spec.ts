import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { HubProcess } from '../../apps/sandbox/hub/index.js';
import { createDataSource, Database } from '../../libs/persistence/index.js';
import { createEmptyDatabase, testRedisUrl } from '../../libs/testing/index.js';
import { databaseText } from '../api/database-contents.js';
import { PlantedMarks, type Leak } from './support/planted-marks.js';
import { PlantedVendors } from './support/planted-vendors.js';
import { playStory, SHOWN_BY_DESIGN } from './support/planted-story.js';
import { RecordingClient } from './support/recording-client.js';
import { redisText } from './support/redis-text.js';

const SECRET_KEY_BYTES = 32;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function playEverything(redisUrl: string | undefined): Promise<Leak[]> {
  const marks = new PlantedMarks();
  const directory = await mkdtemp(join(tmpdir(), 'spillway-secrets-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const { url: databaseUrl, close } = await createEmptyDatabase();
  undo.push(close);
  const vendors = new PlantedVendors();
  const cluster = new ClusterStandIn();
  await Promise.all([vendors.start(), cluster.start({ nodes: 1 })]);
  undo.push(
    () => vendors.stop(),
    () => cluster.stop(),
  );
  const bootstrapToken = marks.plant('bootstrap token');
  const secretKey = Buffer.from(
    marks.plant('secret key').slice(-SECRET_KEY_BYTES).padStart(SECRET_KEY_BYTES, 'K'),
  );
  const hub = await HubProcess.start(
    {
      SPILLWAY_DATA_DIR: directory,
      DATABASE_URL: databaseUrl,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      LOG_LEVEL: 'trace',
      SPILLWAY_SECRET_KEY: secretKey.toString('base64'),
      SPILLWAY_BOOTSTRAP_TOKEN: bootstrapToken,
      SPILLWAY_HOST_INTERVAL: '250ms',
      SPILLWAY_GOSSIP_INTERVAL: '500ms',
      ...vendors.settings,
    },
    { keepsAllOutput: true },
  );
  undo.push(() => hub.end());
  const client = new RecordingClient(hub.url);
  await playStory({ client, marks, vendors, cluster }, bootstrapToken);
  expect(vendors.slack.requests.length).toBeGreaterThan(3);
  for (const { calls } of [vendors.opsGenie, vendors.cloudWatch]) {
    const met = new Set(calls.map(({ fault, answer }) => fault ?? answer?.status));
    expect([...met]).toEqual(expect.arrayContaining(['html', 'answer']));
  }
  const unused = SHOWN_BY_DESIGN.flatMap((rule) => rule.marks).filter((name) => !marks.names.has(name));
  expect(unused).toEqual([]);

  const dataSource = createDataSource({ url: databaseUrl, poolSize: 2 });
  await dataSource.initialize();
  const rows = await databaseText(new Database(dataSource));
  await dataSource.destroy();
  await hub.end();
  expect(hub.output).toContain('"level":"debug"');
  expect(Object.values(rows).join('').length).toBeGreaterThan(10_000);
  const kept = redisUrl === undefined ? {} : await redisText(redisUrl);
  if (redisUrl !== undefined) expect(Object.keys(kept).length).toBeGreaterThan(0);

  const shown = (request: string): string[] =>
    SHOWN_BY_DESIGN.flatMap((rule) => (rule.request.test(request) ? rule.marks : []));
  return [
    ...client.answers.flatMap(({ request, text }) => marks.in(text, `answer to ${request}`, shown(request))),
    ...marks.in(hub.output, 'the log'),
    ...Object.entries(rows).flatMap(([table, text]) => marks.in(text, `table ${table}`)),
    ...Object.entries(kept).flatMap(([key, text]) => marks.in(text, `Redis key ${key}`)),
  ];
}

describe('secrets', () => {
  it('are shown nowhere but where it is meant, and kept nowhere as they are', async () => {
    expect(await playEverything(undefined)).toEqual([]);
  });

  it.skipIf(testRedisUrl() === undefined)('are not in Redis either', async () => {
    expect(await playEverything(testRedisUrl())).toEqual([]);
  });
});

describe('the search for secrets', () => {
  it.each<[string, (mark: string) => string]>([
    ['as it is', (mark) => `a ${mark} b`],
    ['in lower case', (mark) => mark.toLowerCase()],
    ['but its last four characters', (mark) => mark.slice(0, -4)],
    ['in hex', (mark) => `\\x00${Buffer.from(mark).toString('hex')}ff`],
    ['in base64', (mark) => Buffer.from(mark).toString('base64')],
    ['in the middle of base64', (mark) => Buffer.from(`{"a":"${mark}"}`).toString('base64')],
    ['a byte on', (mark) => Buffer.from(`{"ab":"${mark}"}`).toString('base64url')],
    ['two bytes on', (mark) => Buffer.from(`{"abc":"${mark}"}`).toString('base64')],
  ])('finds one %s', (_what, hide) => {
    const marks = new PlantedMarks();
    const mark = marks.plant('example');
    expect(marks.in(hide(mark), 'here')).not.toEqual([]);
    expect(marks.in(hide(mark), 'here', ['example'])).toEqual([]);
    expect(marks.in(`****${mark.slice(-4)}`, 'here')).toEqual([]);
  });
});
