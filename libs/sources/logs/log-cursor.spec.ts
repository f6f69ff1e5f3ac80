import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cursorText, readCursor } from './log-cursor.js';

it('reads the cursor that it wrote, and writes it without what a URL would need escaped', () => {
  const ms = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  const cursors = fc.record({ timeMs: ms, seq: fc.nat({ max: 999_999_999_999_999 }), fromMs: ms });
  fc.assert(
    fc.property(cursors, (cursor) => {
      const text = cursorText(cursor);
      expect(text).toMatch(/^[\w-]+$/);
      expect(readCursor(text)).toEqual(cursor);
    }),
  );
});

it('takes nothing that it would not have written', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc
      .string({ unit: fc.constantFrom(...'0123456789.-') })
      .map((text) => Buffer.from(text).toString('base64url')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const cursor = readCursor(text);
      if (cursor) expect(cursorText(cursor)).toBe(text);
    }),
  );
  const valid = cursorText({ timeMs: 1, seq: 2, fromMs: 0 });
  for (const text of [`${valid}=`, ` ${valid}`, `${valid}\n`, `+${valid}`, valid.slice(1)])
    expect(readCursor(text)).toBeUndefined();
  for (const content of ['1.2', '1.2.3.4', '01.2.3', '-0.2.3', '1.-2.3', '1e3.2.3', '1.2.3 '])
    expect(readCursor(Buffer.from(content).toString('base64url'))).toBeUndefined();
});
