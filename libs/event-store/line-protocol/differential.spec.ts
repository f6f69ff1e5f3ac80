import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePoint, LineProtocolError, parseLines, type NewPoint } from './index.js';
import { mutated, points, scribbles } from '../testing/arbitrary-points.js';
import { referenceParse, type ReferencePoint } from '../testing/reference-parser.js';

/** They are many, and others may be at work on the machine. */
const PATIENCE = { timeout: 60_000 };
const NOW_MS = Date.UTC(2026, 5, 1);

/** The points of a text as the reference tells them; undefined when the text is refused. */
function parsed(text: string): readonly ReferencePoint[] | undefined {
  try {
    return parseLines(Buffer.from(text), { nowMs: NOW_MS }).map(({ series, fields, timeMs, hasTime }) => {
      if (!hasTime) expect(timeMs).toBe(NOW_MS);
      const tags = Object.fromEntries(series.tags);
      return {
        name: series.name,
        tags,
        fields: Object.fromEntries(fields),
        timeMs: hasTime ? timeMs : undefined,
      };
    });
  } catch (error) {
    expect(error).toBeInstanceOf(LineProtocolError);
    return undefined;
  }
}

const withoutEmpty = (tags: NewPoint['tags']) =>
  Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));

const asRead = (value: unknown): unknown => {
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  return Object.is(value, -0) ? 0 : value;
};

describe('the parser', () => {
  it('reads what the encoder writes', PATIENCE, () => {
    fc.assert(
      fc.property(fc.array(points, { maxLength: 5 }), (sent) => {
        const expected = sent.map(({ name, tags, fields, timeMs }) => ({
          name,
          tags: withoutEmpty(tags),
          fields: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, asRead(value)])),
          timeMs,
        }));
        expect(parsed(sent.map(encodePoint).join(''))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  const agrees = (texts: fc.Arbitrary<string>, numRuns: number): number => {
    let accepted = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const found = parsed(text);
        if (found && found.length > 0) accepted += 1;
        expect(found).toEqual(referenceParse(text, NOW_MS));
      }),
      { numRuns },
    );
    return accepted;
  };

  it('agrees with the slow one on scribbles', PATIENCE, () => {
    const fragments = scribbles.map((text) => `m f=1${text}`);
    expect(agrees(scribbles, 20_000)).toBeGreaterThan(20);
    expect(agrees(fragments, 10_000)).toBeGreaterThan(500);
    expect(
      agrees(
        scribbles.map((text) => `m,t=${text} f=1`),
        10_000,
      ),
    ).toBeGreaterThan(500);
    expect(
      agrees(
        scribbles.map((text) => `m f="${text}" 1740027951`),
        10_000,
      ),
    ).toBeGreaterThan(500);
  });

  it('agrees with the slow one on lines in which something was changed', PATIENCE, () => {
    const lines = fc
      .array(points, { minLength: 1, maxLength: 2 })
      .map((all) => all.map(encodePoint).join(''));
    const accepted = agrees(mutated(lines), 10_000);
    expect(accepted).toBeGreaterThan(1_000);
    expect(accepted).toBeLessThan(9_500);
    agrees(mutated(mutated(lines)), 5_000);
  });

  it('throws nothing but its own error, whatever the bytes are', PATIENCE, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseLines(Buffer.from(bytes), { nowMs: NOW_MS });
        } catch (error) {
          expect(error).toBeInstanceOf(LineProtocolError);
          const { line, column } = error as LineProtocolError;
          expect([line >= 1, column >= 1, column <= 62]).toEqual([true, true, true]);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
