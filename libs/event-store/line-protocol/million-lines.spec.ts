import { expect, it } from 'vitest';
import { LineMaker } from '../testing/line-maker.js';
import { referenceParse } from '../testing/reference-parser.js';
import { LineProtocolError, parseLines } from './index.js';

const NOW_MS = Date.UTC(2026, 5, 1);
const TEXTS = 250_000;
/** Kept: the same lines in every run. The last one is new in every run, and a failure tells it. */
const SEEDS = [20_261_128, 1_740_027_951, Date.now() | 0];

/** What the real parser makes of a text, as one text; undefined when it is refused. */
function read(text: string): string | undefined {
  try {
    return said(
      parseLines(Buffer.from(text), { nowMs: NOW_MS }).map(({ series, fields, timeMs, hasTime }) => ({
        name: series.name,
        tags: [...series.tags],
        fields: [...fields],
        timeMs: hasTime ? timeMs : undefined,
      })),
    );
  } catch (error) {
    if (!(error instanceof LineProtocolError)) throw error;
    return undefined;
  }
}

function slowlyRead(text: string): string | undefined {
  const points = referenceParse(text, NOW_MS);
  return (
    points &&
    said(
      points.map(({ name, tags, fields, timeMs }) => ({
        name,
        tags: Object.entries(tags),
        fields: Object.entries(fields),
        timeMs,
      })),
    )
  );
}

interface Said {
  readonly name: string;
  readonly tags: [string, string][];
  readonly fields: [string, unknown][];
  readonly timeMs: number | undefined;
}

const byKey = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1);
const said = (points: readonly Said[]): string =>
  JSON.stringify(
    points.map(({ name, tags, fields, timeMs }) => [name, tags.sort(byKey), fields.sort(byKey), timeMs]),
    (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : value),
  );

it.each(SEEDS)(
  'agrees with the slow parser on some half a million lines, good and spoilt (seed %i)',
  { timeout: 120_000 },
  (seed) => {
    const maker = new LineMaker(seed);
    let accepted = 0;
    for (let index = 0; index < TEXTS; index += 1) {
      const text = maker.text();
      const found = read(text);
      const expected = slowlyRead(text);
      if (found !== expected) expect({ text, found }).toEqual({ text, found: expected });
      if (found !== undefined) accepted += 1;
    }
    expect(accepted).toBeGreaterThan(TEXTS / 4);
    expect(accepted).toBeLessThan((TEXTS * 9) / 10);
  },
);
