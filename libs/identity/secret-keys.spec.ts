import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { silentLogger } from '../observability/index.js';
import { SecretBox } from './secret-box.js';
import { SecretKeyFile } from './secret-key-file.js';
import { openSecretBox } from './secret-keys.js';

const OWNER = 'integration:1';
const SECRET = 'planted-secret';
const newKey = () => randomBytes(32).toString('base64');

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-box-'));
  path = join(directory, 'data', 'secret-key');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (environment: Record<string, string> = {}) =>
  openSecretBox(loadSettings({ SPILLWAY_DATA_DIR: join(directory, 'data'), ...environment }), silentLogger);

describe("the hub's secret box", () => {
  it('makes its key in the data directory, for the owner only, and keeps it', async () => {
    const sealed = (await open()).seal(SECRET, OWNER);
    expect((await open()).open(sealed, OWNER)).toBe(SECRET);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('has one key when several processes start at once', async () => {
    const boxes = await Promise.all(Array.from({ length: 8 }, () => open()));
    const sealed = boxes[0]!.seal(SECRET, OWNER);
    for (const box of boxes) expect(box.open(sealed, OWNER)).toBe(SECRET);
  });

  it('takes the key of the setting', async () => {
    const key = newKey();
    const sealed = (await open({ SPILLWAY_SECRET_KEY: key })).seal(SECRET, OWNER);
    expect(new SecretBox(Buffer.from(key, 'base64')).open(sealed, OWNER)).toBe(SECRET);
  });

  it.each(['setting', 'file'])(
    'opens with earlier keys beside the one of the %s, and seals with that',
    async (where) => {
      const earlier = [newKey(), newKey()];
      const texts = earlier.map((key) => new SecretBox(Buffer.from(key, 'base64')).seal(SECRET, OWNER));
      const present = where === 'setting' ? { SPILLWAY_SECRET_KEY: newKey() } : {};
      const box = await open({ ...present, SPILLWAY_SECRET_KEY_PREVIOUS: earlier.join(', ') });
      expect(texts.map((text) => box.open(text, OWNER))).toEqual([SECRET, SECRET]);
      expect((await open(present)).open(box.seal(SECRET, OWNER), OWNER)).toBe(SECRET);
    },
  );

  it('needs the setting with a shared database', async () => {
    await expect(open({ DATABASE_URL: 'postgres://db.example.com/hub' })).rejects.toThrow(
      'SPILLWAY_SECRET_KEY',
    );
  });
});

describe('the file of secret keys', () => {
  it.each([
    ['something else', 'nonsense', 'does not hold 32 bytes in base64 in line 1'],
    ['nothing', '\n', 'is empty'],
    ['something else behind a key', `${newKey()}\nplanted`, 'in line 2'],
  ])('is refused when it holds %s, and left as it is', async (_what, content, reason) => {
    await open();
    await writeFile(path, content);
    const opening = open();
    await expect(opening).rejects.toThrow(`The key file ${path}`);
    await expect(opening).rejects.toThrow(reason);
    await expect(opening).rejects.not.toThrow('planted');
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('gets a new key before the others, which a running hub takes over', async () => {
    const running = await open();
    const before = running.seal(SECRET, OWNER);
    await (await SecretKeyFile.open(join(directory, 'data'), silentLogger)).addKey();
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const after = running.seal(SECRET, OWNER);
    expect(after.split('.')[1]).not.toBe(before.split('.')[1]);
    expect((await open()).open(before, OWNER)).toBe(SECRET);
    expect(new SecretBox(Buffer.from(lines[0]!, 'base64')).open(after, OWNER)).toBe(SECRET);
  });

  it('may lose an earlier key while a hub runs', async () => {
    const running = await open();
    const before = running.seal(SECRET, OWNER);
    await writeFile(path, `${newKey()}\n`);
    running.seal(SECRET, OWNER);
    expect(() => running.open(before, OWNER)).toThrow('sealed with key');
  });

  it.each([
    ['damaged', () => appendFile(path, 'nonsense')],
    ['gone', () => rm(path)],
  ])('changes nothing for a running hub when it is %s', async (_what, harm) => {
    const running = await open();
    const sealed = running.seal(SECRET, OWNER);
    await harm();
    expect(running.open(running.seal(SECRET, OWNER), OWNER)).toBe(SECRET);
    expect(running.open(sealed, OWNER)).toBe(SECRET);
  });
});
