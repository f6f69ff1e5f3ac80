import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { openSecretBox, SecretBox } from './secret-box.js';

const OWNER = 'integration:1';
const SECRET = 'planted-secret';

describe('a secret box', () => {
  const box = new SecretBox(randomBytes(32));

  it('opens what it sealed, and seals it differently each time', () => {
    const sealed = [box.seal(SECRET, OWNER), box.seal(SECRET, OWNER)] as const;
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(sealed[0]).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(sealed.map((text) => box.open(text, OWNER))).toEqual([SECRET, SECRET]);
  });

  it('does not open what belongs to another row', () => {
    expect(() => box.open(box.seal(SECRET, OWNER), 'integration:2')).toThrow('belongs to something else');
  });

  it('names both keys when another one sealed it', () => {
    const other = new SecretBox(randomBytes(32));
    expect(() => box.open(other.seal(SECRET, OWNER), OWNER)).toThrow(/sealed with key [\w-]{8}, the present/);
  });

  it.each([
    [
      'a changed byte',
      (text: string) =>
        text.replace(/\.([\w-])([\w-]+)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ],
    ['a cut end', (text: string) => text.slice(0, -8)],
    ['no content', (text: string) => `${text.split('.').slice(0, 3).join('.')}.`],
    ['no initialisation vector', (text: string) => text.replace(/\.[\w-]{16}\./, '..')],
    ['another version', (text: string) => text.replace('v1', 'v2')],
    ['nothing', () => ''],
  ])('refuses %s without telling the content', (_what, damage) => {
    const damaged = damage(box.seal(SECRET, OWNER));
    expect(() => box.open(damaged, OWNER)).toThrow('A stored credential cannot be read');
  });
});

describe("the hub's secret box", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spillway-box-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const open = (environment: Record<string, string> = {}) =>
    openSecretBox(loadSettings({ SPILLWAY_DATA_DIR: join(directory, 'data'), ...environment }));

  it('makes its key in the data directory, for the owner only, and keeps it', async () => {
    const sealed = (await open()).seal(SECRET, OWNER);
    expect((await open()).open(sealed, OWNER)).toBe(SECRET);
    expect((await stat(join(directory, 'data', 'secret-key'))).mode & 0o777).toBe(0o600);
  });

  it('has one key when several processes start at once', async () => {
    const boxes = await Promise.all(Array.from({ length: 8 }, () => open()));
    const sealed = boxes[0]!.seal(SECRET, OWNER);
    for (const box of boxes) expect(box.open(sealed, OWNER)).toBe(SECRET);
  });

  it('takes the key of the setting', async () => {
    const key = randomBytes(32).toString('base64');
    const sealed = (await open({ SPILLWAY_SECRET_KEY: key })).seal(SECRET, OWNER);
    expect(new SecretBox(Buffer.from(key, 'base64')).open(sealed, OWNER)).toBe(SECRET);
  });

  it('needs the setting with a shared database', async () => {
    await expect(open({ DATABASE_URL: 'postgres://db.example.com/hub' })).rejects.toThrow(
      'SPILLWAY_SECRET_KEY',
    );
  });

  it('refuses a key file that holds something else, and leaves it', async () => {
    await open();
    const path = join(directory, 'data', 'secret-key');
    await writeFile(path, 'nonsense');
    await expect(open()).rejects.toThrow(`The key file ${path} does not hold 32 bytes`);
    expect(await readFile(path, 'utf8')).toBe('nonsense');
  });
});
