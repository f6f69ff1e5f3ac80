import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.js';

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

describe('a secret box with several keys', () => {
  const [earlier, present, missing] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const before = new SecretBox(earlier);
  const keys = [present, earlier];
  const box = new SecretBox(() => keys);

  it('opens what an earlier key sealed, and seals with the first one', () => {
    expect(box.open(before.seal(SECRET, OWNER), OWNER)).toBe(SECRET);
    const sealed = box.seal(SECRET, OWNER);
    expect(sealed.startsWith(box.presentPrefix)).toBe(true);
    expect(new SecretBox(present).open(sealed, OWNER)).toBe(SECRET);
    expect(() => before.open(sealed, OWNER)).toThrow('sealed with key');
  });

  it('names the key that is missing, those that are there, and where it belongs', () => {
    const sealed = new SecretBox(missing).seal(SECRET, OWNER);
    const [presentId, earlierId, missingId] = [box, before, new SecretBox(missing)].map(
      ({ presentPrefix }) => presentPrefix.split('.')[1],
    );
    expect(() => box.open(sealed, OWNER)).toThrow(
      `sealed with key ${missingId}, the present secret key is ${presentId}, earlier ones are ${earlierId}. Put the missing one into SPILLWAY_SECRET_KEY_PREVIOUS.`,
    );
  });

  it('takes new keys over when it seals, and when it meets an unknown one', () => {
    let now: readonly Buffer[] = [earlier];
    const [sealing, opening] = [new SecretBox(() => now), new SecretBox(() => now)];
    now = [present, earlier];
    const sealed = sealing.seal(SECRET, OWNER);
    expect(sealed.startsWith(box.presentPrefix)).toBe(true);
    expect(opening.open(sealed, OWNER)).toBe(SECRET);
  });

  it.each([
    ['without any key', [], 'There is no secret key'],
    ['with a short one', [present, randomBytes(31)], 'must have 32 bytes; one has 31'],
  ])('does not come to be %s', (_what, of, message) => {
    expect(() => new SecretBox(() => of)).toThrow(message);
  });
});
