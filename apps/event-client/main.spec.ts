import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { StandIn, TOKEN } from './stand-in.fixture.js';

const LOADER = resolve('libs/testing/run-typescript.mjs');

let store: StandIn;
beforeEach(async () => {
  store = new StandIn();
  await store.start();
});
afterEach(() => store.stop());

function start(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const options = ['--no-warnings', '--experimental-transform-types', '--import', LOADER];
  return spawn(process.execPath, [...options, resolve('apps/event-client/main.ts'), ...args], {
    env: environment,
    stdio: 'pipe',
  });
}

async function program(args: readonly string[], environment: NodeJS.ProcessEnv = {}, input = '') {
  const child = start(args, environment);
  child.stdin.end(input);
  const [output, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { output, said, code: code as number | null };
}

describe('the program', () => {
  it('sends and queries from its environment alone', async () => {
    const environment = {
      SPILLWAY_EVENT_URL: store.url,
      SPILLWAY_EVENT_TOKEN: TOKEN,
      SPILLWAY_EVENT_CLUSTER: 'tc',
    };
    expect(await program(['send', '--lines'], environment, 'a\nb\n')).toEqual({
      code: 0,
      output: '',
      said: '',
    });
    const { code, output } = await program(['query', '--json'], environment);
    expect(code).toBe(0);
    expect(output.match(/"Event":"[ab]"/g)).toEqual(['"Event":"a"', '"Event":"b"']);
  }, 20_000);

  it('can be ended while it waits for its input, after which it says so', async () => {
    const child = start(['send', '--url', store.url, '--cluster', 'tc', '--lines'], {});
    child.stdin.write('a\n');
    await waitUntil(() => store.reader.records.length === 1, { what: 'the first line', timeoutMs: 15_000 });
    child.kill('SIGINT');
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([code, said]).toEqual([1, 'Stopped before it was done.\n']);
  }, 20_000);

  it('knows its version, and ends with 2 when it does not understand', async () => {
    expect(await program(['--version'])).toEqual({
      code: 0,
      output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      said: '',
    });
    expect(await program(['fetch'])).toMatchObject({ code: 2, output: '' });
  }, 20_000);
});
