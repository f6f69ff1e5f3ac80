import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { EventStoreProcess, runEventStore } from './support/event-store-process.js';

const RECEIVERS = { receivers: {} };
const API = { api: { address: '127.0.0.1', port: '0' } };
const STORAGE = { storage: { backend: { type: 'sqlite', database_path: 'events.db' } } };

let directory: string;
let store: EventStoreProcess | undefined;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'))));
afterEach(async () => {
  await store?.close();
  store = undefined;
  await rm(directory, { recursive: true, force: true });
});

const write = (name: string, content: unknown): Promise<void> =>
  writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

/** Runs with this configuration; it must end by itself. */
async function refused(
  config: unknown,
  args: readonly string[] = ['-config', 'config.json'],
): Promise<string> {
  await write('config.json', config);
  const { code, output } = await runEventStore(args, directory);
  expect(code).toBe(1);
  expect(output).not.toContain('    at ');
  return output;
}

describe('an event store that cannot start', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing is configured', {}, /neither "receivers" nor "receivers-file"/],
    ['the file is no JSON', '{"api": }', /config\.json is no JSON: at line 1, column 9/],
    [
      'a section is in a file that is not there',
      { ...RECEIVERS, ...STORAGE, 'api-file': 'none.json' },
      /none\.json/,
    ],
    ['the backend is unknown', { ...RECEIVERS, ...API, storage: { backend: { type: 'mysql' } } }, /mysql/],
    [
      'a receiver is unknown',
      { ...API, ...STORAGE, receivers: { bus: { type: 'kafka' } } },
      /receivers\.bus\.type.*http, nats, eecpt/,
    ],
    [
      'the directory of the database is not there',
      { ...RECEIVERS, ...API, storage: { backend: { type: 'sqlite', database_path: 'none/events.db' } } },
      /none/,
    ],
    [
      'a condition cannot be read',
      {
        ...API,
        ...STORAGE,
        receivers: {
          web: { type: 'http', port: '0', process_messages: { drop_messages_if: ['name ==='] } },
        },
      },
      /drop_messages_if/,
    ],
  ])('says so and ends with 1 when %s', async (_what, config, sentence) => {
    expect(await refused(config)).toMatch(sentence);
  });

  it('D18: ends with 1 and a sentence that does not repeat it when the key for tokens is none', async () => {
    const output = await refused({
      ...RECEIVERS,
      ...STORAGE,
      api: { ...API.api, jwt_public_key: 'bm8ga2V5IGF0IGFsbA==' },
    });
    expect(output).toContain('jwt_public_key');
    expect(output).not.toContain('bm8ga2V5');
  });

  it('D31: ends with 1 and a sentence when its port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const output = await refused({
      ...RECEIVERS,
      ...STORAGE,
      api: { address: '127.0.0.1', port: String(port) },
    });
    expect(output).toMatch(new RegExp(`127\\.0\\.0\\.1.*${port}|${port}.*127\\.0\\.0\\.1`));
    holder.close();
  });

  it('ends with 1 and a sentence at a command line that makes no sense', async () => {
    expect(await refused({}, ['-config'])).toContain('-config');
    expect(await refused({}, ['-loglevel', 'loud'])).toContain('-loglevel');
  });
});

it('D32: takes the misspelt key of the README, and receivers that it cannot run, with a warning each', async () => {
  store = await EventStoreProcess.start({
    backend: 'sqlite',
    receivers: { scrape: { type: 'prometheus', address: 'localhost', port: '9090', interval: '10s' } },
    isReceiverKeyMisspelt: true,
  });
  expect(store.output).toContain('receiver-file');
  expect(store.output).toContain('metrics only');
  expect((await store.post('job event="x"')).status).toBe(200);
  expect(await store.payloads()).toEqual(['x']);
});

it('is a command that npx finds in a clone, and that hands signals on', async () => {
  await write('config.json', { ...RECEIVERS, ...STORAGE, ...API });
  const command = resolve('node_modules/.bin/spillway-event-store');
  const child = spawn(command, ['-config', 'config.json'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await waitUntil(() => output.includes('event-store.started'), { what: 'its start', timeoutMs: 30_000 });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(output).toContain('event-store.stopped');
});

it('says which version it is, and lists its options', async () => {
  expect(await runEventStore(['-version'], directory)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^spillway-event-store \d/) as unknown,
  });
  expect(await runEventStore(['-help'], directory)).toMatchObject({
    code: 0,
    output: expect.stringContaining('-loglevel') as unknown,
  });
});

it('imports what the original has stored in the same file, once, and says what it could not', async () => {
  store = await EventStoreProcess.start({ backend: 'sqlite', storage: { retention_time: '175200h' } });
  await store.post('job event="ours" 1740027960');
  expect(await store.end()).toBe(0);
  const file = new DatabaseSync(join(store.directory, 'events.db'));
  file.exec(`CREATE TABLE tc_events (id integer primary key, timestamp bigint, name text, hostname text, type text, typeid text,
      stype text, stypeid text, othertags json, field text);
    INSERT INTO tc_events VALUES (1, 1740027951, 'job', 'a', 'node', '0', NULL, NULL, CAST('{"function":"stop_job"}' AS BLOB), 'old'),
      (2, 1, 'job', 'a', NULL, NULL, NULL, NULL, NULL, 'lost time'), (3, 1740027952, 'job', 'a', NULL, NULL, NULL, NULL, NULL, NULL);`);
  file.close();
  const importing = ['import', '-config', 'config.json', '-from-sqlite', 'events.db'];
  const dry = await runEventStore([...importing, '-dry-run'], store.directory);
  expect(dry).toMatchObject({ code: 0 });
  await store.restart();
  expect(await store.payloads()).toEqual(['ours']);
  const first = await runEventStore(importing, store.directory);
  expect(first.code).toBe(0);
  expect(first.output).toContain('tc_events');
  await runEventStore(importing, store.directory);
  expect(await store.payloads()).toEqual(['old', 'ours']);
});
