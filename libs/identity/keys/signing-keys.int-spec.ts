import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, ManualClock, type TestDatabase } from '../../testing/index.js';
import { SecretBox } from '../secret-box.js';
import { KeyRing } from './key-ring.js';
import { SigningKey } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';

const HOUR_MS = 3_600_000;
const KIND = { typ: 'JWT', audience: 'urn:test', lifetimeSeconds: 3_600 } as const;

let testDatabase: TestDatabase;
let clock: ManualClock;
let directory: string;
let logged: string[];
const box = new SecretBox(randomBytes(32));

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.close());
beforeEach(async () => {
  clock = new ManualClock();
  logged = [];
  directory = await mkdtemp(join(tmpdir(), 'spillway-keys-'));
  await testDatabase.database.query('TRUNCATE signing_keys');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A hub of its own on the same database. */
const hub = (secretBox = box): SigningKeys => {
  const logger = pino({ level: 'info' }, { write: (line) => logged.push(line) });
  return new SigningKeys(testDatabase.database, secretBox, clock, logger);
};
const rows = () =>
  testDatabase.database.query<{ id: string; private_key: string }>(
    'SELECT * FROM signing_keys ORDER BY signs_from',
  );
const writeFormerKey = async (): Promise<SigningKey> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  await writeFile(join(directory, 'signing-key.pem'), pem);
  return SigningKey.fromPem(pem, 'The test');
};

describe('the signing keys of a database', () => {
  it('are one, whichever of several hubs starts first', async () => {
    const hubs = Array.from({ length: 6 }, () => hub());
    await Promise.all(hubs.map((one) => one.ensure(directory)));
    expect(await rows()).toHaveLength(1);
    const [signing, ...others] = hubs.map((one) => new KeyRing(one, clock));
    const token = await signing!.sign({}, KIND);
    for (const ring of others) await ring.verify(token, KIND);
  });

  it('are sealed for their rows, and nothing of them is logged', async () => {
    await hub().ensure(directory);
    const [row] = await rows();
    expect(row?.private_key).toMatch(/^v1\./);
    expect(box.open(row!.private_key, `signing-key:${row!.id}`)).toContain('PRIVATE KEY');
    expect(logged.join('')).not.toContain('PRIVATE KEY');
  });

  it('begin with the key of the data directory, so that tokens outlive the upgrade', async () => {
    const former = await writeFormerKey();
    await hub().ensure(directory);
    expect((await hub().read()).map(({ id }) => id)).toEqual([former.id]);
    expect(logged.join('')).toContain('signing_key.imported');
  });

  it('do not take a key back that they once had, when the secret key is lost', async () => {
    const former = await writeFormerKey();
    await hub().ensure(directory);
    const other = hub(new SecretBox(randomBytes(32)));
    await other.ensure(directory, { isSecretKeyLost: true });
    expect((await other.read()).map(({ id }) => id)).not.toContain(former.id);
  });

  it.each([
    [
      'no key',
      () => writeFile(join(directory, 'signing-key.pem'), 'planted nonsense'),
      /signing-key\.pem holds no RSA private key/,
    ],
    [
      'unreadable',
      async () => {
        await rm(directory, { recursive: true });
        await writeFile(directory, '');
      },
      /signing-key\.pem cannot be read \(ENOTDIR\)/,
    ],
  ])('are refused by the name of the file when that is %s', async (_what, make, reason) => {
    await make();
    const ensuring = hub().ensure(directory);
    await expect(ensuring).rejects.toThrow(reason);
    await expect(ensuring).rejects.not.toThrow('planted');
    expect(await rows()).toEqual([]);
  });

  it('that cannot be opened are left out, with one warning that says what it means', async () => {
    await hub().ensure(directory);
    const [lost] = await rows();
    const other = hub(new SecretBox(randomBytes(32)));
    logged.length = 0;
    await other.ensure(directory, { isSecretKeyLost: true });
    const readable = await other.read();
    await other.read();
    expect(readable).toHaveLength(1);
    expect(readable[0]?.id).not.toBe(lost?.id);
    const warnings = logged.filter((line) => line.includes('signing_key.unreadable'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(lost?.id);
    expect(warnings[0]).toContain('SPILLWAY_SECRET_KEY_PREVIOUS');
  });

  it('keep a hub with another secret key from starting, which would break what works', async () => {
    await hub().ensure(directory);
    const before = await rows();
    const ensuring = hub(new SecretBox(randomBytes(32))).ensure(directory);
    await expect(ensuring).rejects.toThrow(
      /sealed with the secret key [\w-]{8}; this hub has another one \([\w-]{8}\)/,
    );
    await expect(ensuring).rejects.toThrow('SPILLWAY_SECRET_KEY_LOST');
    expect(await rows()).toEqual(before);
  });

  it('that belong to another row are left out', async () => {
    await hub().ensure(directory);
    await testDatabase.database.query("UPDATE signing_keys SET id = 'another'");
    expect(await hub().read()).toEqual([]);
  });
});

describe('a rotation', () => {
  it('adds a key that signs when the overlap is over; tokens of before stay good until they expire', async () => {
    const [one, two] = [hub(), hub()];
    await one.ensure(directory);
    const [ringOne, ringTwo] = [new KeyRing(one, clock), new KeyRing(two, clock)];
    await ringOne.published();
    const [first] = await rows();
    const { next, present, presentEnds } = await two.rotate(HOUR_MS);
    expect(present?.id).toBe(first?.id);
    expect(await testDatabase.database.query('SELECT * FROM audit_log')).toMatchObject([
      { action: 'signing-key.added', who: 'the hub', urn: `urn:spillway:signing-keys/${next.id}` },
    ]);
    expect(presentEnds).toEqual(new Date(clock.now().getTime() + 2 * HOUR_MS + 300_000));
    clock.advance(HOUR_MS - 1_000);
    const last = await ringOne.sign({}, KIND);
    clock.advance(1_000);
    const firstOfNext = await ringTwo.sign({}, KIND);
    expect((await ringTwo.signing()).id).toBe(next.id);
    await ringOne.verify(firstOfNext, KIND);
    clock.advance(HOUR_MS - 2_000);
    await ringTwo.verify(last, KIND);
    expect(await ringTwo.published()).toHaveLength(2);
    clock.advance(302_000);
    expect((await ringTwo.published()).map(({ kid }) => kid)).toEqual([next.id]);
  });

  it('removes keys that ended, and only those', async () => {
    const keys = hub();
    await keys.ensure(directory);
    const [first] = await rows();
    await keys.rotate(60_000);
    clock.advance(60_000 + HOUR_MS + 299_999);
    await keys.rotate(60_000);
    expect((await rows()).map(({ id }) => id)).toContain(first?.id);
    clock.advance(1);
    await keys.rotate(60_000);
    expect((await rows()).map(({ id }) => id)).not.toContain(first?.id);
    expect(await rows()).toHaveLength(3);
  });
});
