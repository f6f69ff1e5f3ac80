import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines, type SplitOptions } from './split-lines.js';

const split = (text: string | Buffer, change: Partial<SplitOptions> = {}) =>
  splitLines(Buffer.from(text as string), {
    isInside: false,
    isLast: false,
    maxLines: 100,
    maxBytes: 1_000,
    maxLineBytes: 8,
    ...change,
  });

describe('the lines of a chunk', () => {
  it('are those that have an end', () => {
    expect(split('a\nb\r\n\n  \nc')).toEqual({
      lines: ['a', 'b'],
      cutLines: 0,
      consumed: 9,
      isInside: false,
    });
  });

  it('are also the one without an end when nothing will follow', () => {
    expect(split('a\nb', { isLast: true })).toMatchObject({ lines: ['a', 'b'], consumed: 3 });
  });

  it('are no more than are wanted', () => {
    expect(split('a\nb\nc\n', { maxLines: 2 })).toMatchObject({ lines: ['a', 'b'], consumed: 4 });
    expect(split('aaaa\nbbbb\nc\n', { maxBytes: 5 })).toMatchObject({
      lines: ['aaaa', 'bbbb'],
      consumed: 10,
    });
  });

  it('that are too long are cut, their rest is passed over', () => {
    expect(split('123456789\nb\n')).toEqual({
      lines: ['12345678…', 'b'],
      cutLines: 1,
      consumed: 12,
      isInside: false,
    });
    expect(split('1234567890')).toEqual({ lines: ['12345678…'], cutLines: 1, consumed: 10, isInside: true });
    expect(split('more', { isInside: true })).toMatchObject({ lines: [], consumed: 4, isInside: true });
    expect(split('more\nb\n', { isInside: true })).toMatchObject({
      lines: ['b'],
      consumed: 7,
      isInside: false,
    });
    expect(split('more', { isInside: true, isLast: true })).toMatchObject({ lines: [], isInside: false });
  });

  it('are cut between letters, and a line that only looks cut is none', () => {
    expect(split('1234567ü9\n').lines).toEqual(['1234567…']);
    expect(split('12345…\n')).toMatchObject({ lines: ['12345…'], cutLines: 0 });
  });

  it('that are no UTF-8, or have NULs, are taken with marks in their place', () => {
    expect(split(Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a])).lines).toEqual(['a\uFFFD\uFFFDb']);
  });

  it('are the same however the chunks fall', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', '\r', 'ü', '…', '😀', '\0'),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.integer({ min: 10, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        (pieces, size, maxLines) => {
          const all = Buffer.from(pieces.join(''));
          const whole = split(all, { isLast: true, maxLines: 1_000, maxBytes: 100_000 });
          const lines: string[] = [];
          let [at, isInside, cutLines] = [0, false, 0];
          while (at < all.length) {
            const part = split(all.subarray(at, at + size), {
              isInside,
              isLast: at + size >= all.length,
              maxLines,
            });
            lines.push(...part.lines);
            [at, isInside, cutLines] = [at + part.consumed, part.isInside, cutLines + part.cutLines];
            expect(part.consumed).toBeGreaterThan(0);
          }
          expect(lines).toEqual(whole.lines);
          expect(cutLines).toBe(whole.cutLines);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
