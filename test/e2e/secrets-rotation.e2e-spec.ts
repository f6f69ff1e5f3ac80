import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEALED_COLUMNS } from '../../libs/identity/keys/sealed-columns.js';
import { connectToRunning } from '../../libs/persistence/index.js';
import { runTool, type ToolEnd } from './support/run-tool.js';
import { BOOTSTRAP_TOKEN, CLOSED_COLOR, OPEN_COLOR, SLACK_TOKEN, World } from './support/world.js';

let world: World;
let keyFile: string;
beforeAll(async () => {
  world = await World.start();
  keyFile = join(world.directory, 'secret-key');
  const nodes = world.cluster.nodes.map(({ url }) => url);
  const credentials = { username: 'admin', password: 'planted-password' };
  await world.project.addCluster('with-password', nodes, { credentials });
});
afterAll(() => world?.stop());

const settings = () => ({ SPILLWAY_DATA_DIR: world.directory });
const rotate = (...args: string[]): Promise<ToolEnd> => runTool('rotate-secrets', settings(), ...args);
const keyLines = async () => (await readFile(keyFile, 'utf8')).trim().split('\n');
const report = (key: string, event: 'open' | 'closed') =>
  world.project.report({ key, event, kind: 'backup', severity: 'critical', message: 'The backup is late.' });

/** The ids of the keys that anything is sealed with. */
async function keysInUse(): Promise<string[]> {
  const client = new pg.Client({ connectionString: (await connectToRunning(world.directory))! });
  await client.connect();
  try {
    const ids = new Set<string>();
    for (const { table, column } of SEALED_COLUMNS) {
      const { rows } = await client.query<{ sealed: string }>(
        `SELECT "${column}" AS sealed FROM "${table}" WHERE "${column}" IS NOT NULL`,
      );
      for (const { sealed } of rows) ids.add(sealed.split('.')[1]!);
    }
    return [...ids];
  } finally {
    await client.end();
  }
}

describe('secrets:rotate beside a running hub with the embedded database', () => {
  it('seals everything with a new key, while the hub goes on', async () => {
    await report('first', 'open');
    await world.untilColors(OPEN_COLOR);
    const [before] = await keysInUse();
    const trial = await rotate('--dry-run');
    expect(trial).toMatchObject({ code: 0, stdout: expect.stringContaining('\n0 would be encrypted anew.') });

    const { code, stdout, stderr } = await rotate('--new-key');
    expect({ code, stdout }, stderr).toEqual({
      code: 0,
      stdout: [
        'integrations   1 of 1 encrypted with the present key',
        'clusters       1 of 1 encrypted with the present key',
        'accounts       0 of 0 encrypted with the present key',
        'signing_keys   1 of 1 encrypted with the present key',
        '3 encrypted anew.\n',
      ].join('\n'),
    });
    expect(stderr).toContain('A new key is the first line of secret-key');
    expect(stderr).toMatch(/integrations +1 \/ 1 +\d+ a second/);
    expect(await keyLines()).toHaveLength(2);
    const after = await keysInUse();
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
  });

  it('does not keep the hub from delivering, nor from sealing with the new key', async () => {
    await report('first', 'closed');
    await world.untilColors(CLOSED_COLOR);
    await world.project.addSlack('#alerts', SLACK_TOKEN, 'notifications');
    expect(await keysInUse()).toHaveLength(1);
  });

  it('lets the earlier key be dropped: the hub starts again, its tokens stay good, it delivers', async () => {
    const [present] = await keyLines();
    await writeFile(keyFile, `${present}\n`);
    await world.restart('SIGTERM');
    await world.client.call('GET', '/resources/v1/organizations');
    await report('second', 'open');
    await world.untilColors(CLOSED_COLOR, OPEN_COLOR);
    await world.client.logIn(BOOTSTRAP_TOKEN);
  });

  it('works on the database of a hub that does not run, and leaves it stopped', async () => {
    await world.hub.end();
    const { code, stdout, stderr } = await rotate('--new-key');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('4 encrypted anew.');
    expect(await connectToRunning(world.directory)).toBeUndefined();
    await world.hub.restart();
    await report('second', 'closed');
    await world.untilColors(CLOSED_COLOR, CLOSED_COLOR);
  });

  it('ends with code 1 and names what it cannot open', async () => {
    const key = randomBytes(32).toString('base64');
    const { code, stdout } = await runTool('rotate-secrets', { ...settings(), SPILLWAY_SECRET_KEY: key });
    expect(code).toBe(1);
    expect(stdout).toContain('4 cannot be opened');
    expect(stdout).toContain(
      `  integrations ${world.integrationId}: A stored credential cannot be read: it was sealed`,
    );
    expect(stdout).not.toContain(SLACK_TOKEN);
    expect(await keysInUse()).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, string[], string]>([
    ['an unknown option', {}, ['--fast'], "Unknown option '--fast'"],
    ['a new key for a dry run', {}, ['--new-key', '--dry-run'], 'leave out --new-key'],
    [
      'a new key for the setting',
      { SPILLWAY_SECRET_KEY: randomBytes(32).toString('base64') },
      ['--new-key'],
      'SPILLWAY_SECRET_KEY_PREVIOUS',
    ],
    [
      'a data directory without a database',
      { SPILLWAY_DATA_DIR: '/nonexistent' },
      [],
      'There is no embedded database in /nonexistent',
    ],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://x@127.0.0.1:1/x', SPILLWAY_SECRET_KEY: randomBytes(32).toString('base64') },
      [],
      'The database cannot be reached: ',
    ],
  ])('refuses %s with a sentence, and changes no key', async (_what, environment, args, reason) => {
    const lines = await keyLines();
    const { code, stdout, stderr } = await runTool(
      'rotate-secrets',
      { ...settings(), ...environment },
      ...args,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(await keyLines()).toEqual(lines);
  });
});

describe('keys:rotate beside a running hub', () => {
  const published = async () =>
    (await (await fetch(`${world.hub.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };

  it('announces a key, prints its public part, and leaves all tokens good', async () => {
    const { code, stdout, stderr } = await runTool('rotate-signing-key', settings(), '--overlap', '2h');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/);
    expect(stderr).toMatch(
      /New key +[\w-]{43}\n {2}signs from .*Z \(in 2 h\)\nPresent key +[\w-]{43}\n {2}accepted until /,
    );
    await world.hub.end();
    await world.hub.restart();
    expect((await published()).keys).toHaveLength(2);
    const next = await fetch(`${world.hub.url}/.well-known/public-key.pem?next=true`);
    expect(await next.text()).toBe(stdout);
    await world.client.call('GET', '/resources/v1/organizations');
  });

  it.each([
    ['59s', 'must be from 1 min to 30 d'],
    ['31d', 'must be from 1 min to 30 d'],
    ['soon', 'must be a duration'],
  ])('refuses an overlap of %s', async (overlap, reason) => {
    const { code, stderr } = await runTool('rotate-signing-key', settings(), '--overlap', overlap);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect((await published()).keys).toHaveLength(2);
  });
});
