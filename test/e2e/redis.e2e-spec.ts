import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../apps/sandbox/hub/index.js';
import { testRedisUrl } from '../../libs/testing/index.js';
import { CLOSED_COLOR, OPEN_COLOR, World } from './support/world.js';

const isGiven = process.env['TEST_REDIS_URL'] !== undefined;
const isThereRedis = testRedisUrl() !== undefined && !isGiven;
if (isGiven)
  console.warn(
    '!! LEFT OUT: a given Redis (TEST_REDIS_URL) is not ours to kill; see test/e2e/redis.e2e-spec.ts',
  );
const report = (event: 'open' | 'closed') => ({
  key: 'disk-usage:external',
  event,
  kind: 'disk-usage',
  severity: 'warning',
  message: 'Disk usage is 85 %',
});

describe('a Redis that dies', () => {
  let world: World | undefined;
  let redis: ChildProcess;
  let directory: string;
  let port: number;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spillway-e2e-redis-'));
    port = await freePort();
  });
  afterEach(async () => {
    await world?.stop();
    await kill();
    await rm(directory, { recursive: true, force: true });
  });

  function start(): void {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  /** Resolves when it takes connections. */
  async function ready(): Promise<void> {
    for await (const chunk of redis.stdout!.setEncoding('utf8')) {
      if (String(chunk).includes('Ready to accept connections')) return;
    }
    throw new Error('redis-server ended before it was ready');
  }

  async function kill(): Promise<void> {
    if (redis.exitCode !== null || redis.signalCode !== null) return;
    const exited = once(redis, 'exit');
    redis.kill('SIGKILL');
    await exited;
  }

  it.runIf(isThereRedis)('keeps no event from being accepted, and loses none', async () => {
    start();
    await ready();
    world = await World.start({ REDIS_URL: `redis://127.0.0.1:${port}` });
    await world.project.report(report('open'));
    await world.untilColors(OPEN_COLOR);
    await kill();
    await world.project.report(report('closed'));
    expect(world.colors()).toEqual([OPEN_COLOR]);
    start();
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(1);
  });
});
