import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { HandStartedHub, type HubEnd, type RunOptions } from './support/run-hub.js';
import { OPEN_COLOR, World } from './support/world.js';

const TOKEN = /spw_[A-Za-z0-9_-]+/;
const STACK = /\n {4}at /;

let directory: string;
let started: HandStartedHub[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-start-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((hub) => hub.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(
  settings: RunOptions['settings'] = {},
  user?: RunOptions['user'],
): Promise<HandStartedHub> {
  const hub = await HandStartedHub.start({ settings: { SPILLWAY_DATA_DIR: directory, ...settings }, user });
  started.push(hub);
  return hub;
}
const startReady = async (...options: Parameters<typeof start>): Promise<HandStartedHub> =>
  (await start(...options)).ready();
const endOf = async (settings: RunOptions['settings']): Promise<HubEnd> => (await start(settings)).ended;

describe('the first start', () => {
  it('shows a token that works, once', async () => {
    const first = await startReady();
    const { stdout, code } = await first.stop();
    expect(code).toBe(0);
    expect(stdout).toContain(first.url);
    expect(stdout).toContain(directory);
    const token = TOKEN.exec(stdout)?.[0] ?? 'none';
    const second = await startReady();
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'spillway',
      refresh_token: token,
    });
    expect((await fetch(`${second.url}/oauth/token`, { method: 'POST', body })).status).toBe(200);
    const again = await second.stop();
    expect(again.stdout).toContain(second.url);
    expect(again.stdout).not.toMatch(TOKEN);
  });

  it('works as an ordinary user', async () => {
    const user = await ordinaryUser();
    if (user) await chown(directory, user.uid, user.gid);
    const hub = await startReady({}, user);
    const pids = `${hub.pid},${await postmaster()}`;
    const owners = execFileSync('ps', ['-o', 'uid=', '-p', pids], {
      encoding: 'utf8',
    });
    expect(new Set(owners.trim().split(/\s+/).map(Number))).toEqual(
      new Set([user?.uid ?? process.getuid?.()]),
    );
    expect((await hub.stop()).code).toBe(0);
    const again = await startReady({}, user);
    expect((await again.stop()).stdout).not.toMatch(TOKEN);
  });
});

describe('a start that cannot work ends with code 1 and says why', () => {
  const expectRefusal = ({ code, stderr, stdout }: HubEnd, ...reasons: (string | RegExp)[]): void => {
    expect(code).toBe(1);
    for (const reason of reasons) expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(STACK);
    expect(stdout).not.toMatch(TOKEN);
  };

  it('names every bad setting, and every one that does not exist', async () => {
    const end = await endOf({
      SPILLWAY_GOSSIP_INTERVAL: 'soon',
      SPILLWAY_DISK_THRESHOLD: '180',
      SPILLWAY_DISK_TRESHOLD: '80',
      SPILLWAY_MEMORY_THRESHOLD: 'ninety',
      SPILLWAY_CORE_LOAD_THRESHOLD: '0',
      SPILLWAY_UNREACHABLE_WINDOW: '3 minutes',
      SPILLWAY_ELECTIONS_WINDOW: '30d',
      SPILLWAY_SECRET_KEY: 'planted-secret',
      DATABASE_URL: 'mysql://127.0.0.1/spillway',
    });
    expectRefusal(
      end,
      /SPILLWAY_GOSSIP_INTERVAL must be a duration/,
      /SPILLWAY_DISK_THRESHOLD must/,
      /SPILLWAY_DISK_TRESHOLD is no setting of Spillway/,
      /SPILLWAY_MEMORY_THRESHOLD must be a number from 1 to 100/,
      /SPILLWAY_CORE_LOAD_THRESHOLD must be a number/,
      /SPILLWAY_UNREACHABLE_WINDOW must be a duration/,
      /SPILLWAY_ELECTIONS_WINDOW must be at most 7d/,
      /SPILLWAY_SECRET_KEY must/,
      /DATABASE_URL must/,
    );
    expect(end.stderr).not.toContain('planted-secret');
  });

  it('when another hub runs on the data directory, which goes on', async () => {
    const first = await startReady();
    expectRefusal(
      await endOf({}),
      `Another hub (process ${first.pid}) runs on the data directory ${directory}`,
    );
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const end = await endOf({ PORT: String(port) });
    other.close();
    expectRefusal(end, `127.0.0.1:${port} is in use`, /set PORT/);
    const { stdout } = await (await startReady()).stop();
    expect(stdout, 'the start before has not used up the first token').toMatch(TOKEN);
  });

  it('when there is no such address on this machine', async () => {
    expectRefusal(await endOf({ HOST: '192.0.2.1' }), /no address 192\.0\.2\.1/, /Set HOST/);
  });

  it('when Redis cannot be reached', async () => {
    const url = `redis://:planted-secret@127.0.0.1:${await freePort()}`;
    const end = await endOf({ REDIS_URL: url });
    expectRefusal(end, /The Redis of REDIS_URL cannot be reached/);
    expect(end.stderr).not.toContain('planted-secret');
  });
});

describe('Ctrl-C', () => {
  const isRunning = async (pid: number): Promise<boolean> =>
    !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z'));
  it.runIf(process.platform === 'linux')('while the hub starts leaves no database running', async () => {
    const hub = await start();
    const database = await waitUntil(postmaster, { what: 'the database to start', timeoutMs: 20_000 });
    expect((await hub.stop('SIGINT')).code).toBe(0);
    expect(await isRunning(database)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'that comes twice, and with a SIGTERM, ends the hub properly',
    async () => {
      const hub = await startReady();
      const database = await postmaster();
      process.kill(hub.pid, 'SIGINT');
      process.kill(hub.pid, 'SIGTERM');
      expect((await hub.stop('SIGINT')).code).toBe(0);
      expect(await isRunning(database)).toBe(false);
    },
  );
});

describe('a stop during a slow answer of Slack', () => {
  it('waits for it, and loses and doubles nothing', async () => {
    const world = await World.start();
    try {
      world.slack.faults.next('chat.postMessage', { kind: 'slow-headers', delayMs: 2_000, landed: true });
      await world.project.report({
        key: 'backup',
        event: 'open',
        kind: 'backup',
        severity: 'warning',
        message: 'The nightly backup is late.',
      });
      await world.slack.waitFor(({ requests }) => requests.length === 1);
      const begun = performance.now();
      expect(await world.hub.end('SIGTERM')).toBe(0);
      expect(performance.now() - begun).toBeGreaterThan(1_500);
      expect(world.hub.output).toContain('"outcome":"delivered"');
      await world.hub.restart();
      await world.untilSettled();
      expect(world.colors()).toEqual([OPEN_COLOR]);
      expect(world.slack.requests).toHaveLength(1);
      expect(await world.project.ledger(world.integrationId)).toMatchObject({ accepted: 1, delivered: 1 });
    } finally {
      await world.stop();
    }
  });
});

const postmaster = async (): Promise<number> =>
  Number((await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** As root the hub is run as `nobody`; otherwise it runs as an ordinary user anyway. */
async function ordinaryUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string): number =>
    Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
