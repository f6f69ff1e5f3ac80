import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** `TEST_REDIS_URL`, else a `redis-server` of PATH, else `undefined` after saying which suites are left out. */
export async function startRedis(directory: string): Promise<TestRedis | undefined> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) return { url: given, stop: async () => undefined };
  const port = await freePort();
  const child = spawn('redis-server', redisArguments(directory, port), { cwd: directory, stdio: 'ignore' });
  const started = await Promise.race([once(child, 'spawn'), once(child, 'error')]).catch(() => undefined);
  if (started === undefined || child.pid === undefined) {
    await announceMissing();
    return undefined;
  }
  const exited = once(child, 'exit');
  // Vitest may end without teardown (a second Ctrl-C).
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  await waitUntil(() => answersPing(port), {
    timeoutMs: 10_000,
    what: `redis-server on port ${port} to answer`,
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

function redisArguments(directory: string, port: number): string[] {
  const pidfile = join(directory, 'redis.pid');
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    pidfile,
    save: '',
    appendonly: 'no',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

async function announceMissing(): Promise<void> {
  const suites = await suitesWithRedis();
  console.warn(
    [
      '',
      '!! There is no redis-server on PATH and TEST_REDIS_URL is not set.',
      '!! LEFT OUT are the Redis parts of:',
      ...suites.map((suite) => `!!   ${suite}`),
      '!! Install redis-server, or set TEST_REDIS_URL, to run them.',
      '',
    ].join('\n'),
  );
}

async function suitesWithRedis(): Promise<string[]> {
  const suites: string[] = [];
  for (const room of ['apps', 'libs', 'test']) {
    for (const name of await readdir(room, { recursive: true }).catch(() => [])) {
      if (!name.endsWith('spec.ts')) continue;
      const path = join(room, name);
      if ((await readFile(path, 'utf8')).includes('testRedisUrl(')) suites.push(path);
    }
  }
  return suites;
}

/** Ends the Redis that a killed test run left in this directory. Knows it by its working directory (Linux). */
export async function discardRedis(directory: string): Promise<void> {
  const pid = Number(await readFile(join(directory, 'redis.pid'), 'utf8').catch(() => ''));
  if (!pid || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== directory) return;
  process.kill(pid, 'SIGKILL');
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
