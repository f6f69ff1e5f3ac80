import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodePoint, forEachPoint } from '../../line-protocol/index.js';
import { SortedLines } from '../../write/sorted-lines.js';
import { recordOf } from './stored-record.js';

const NOW_MS = 1_740_000_000_000;
const name = fc
  .string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abc"\\,=: []{}\u00e4') })
  .filter(isTag);
const label = fc.constantFrom('type', 'type-id', 'stype', 'stype-id', 'unit', '__proto__', 'event', 'log');
/** JSON with blanks, JSON that only looks so, and what is none. */
const payload = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.json({ maxDepth: 3 }).map((json) => `${json} \n\t`),
  fc
    .tuple(fc.json(), fc.constantFrom(2, ' ', '\t'))
    .map(([json, gap]) => JSON.stringify(JSON.parse(json), null, gap)),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...'{}[]",:\\ae1 \n'), maxLength: 20 }),
);

/** Line protocol ends no text with a backslash, nor has it blanks at its ends. */
function isTag(text: string): boolean {
  return text.trim() === text && !text.endsWith('\\') && !text.startsWith('#');
}

it('an event or log line comes out of its entry letter by letter, with what it was written with', () => {
  fc.assert(
    fc.property(
      name,
      fc.dictionary(label, name, { noNullPrototype: true }),
      fc.constantFrom('event', 'log'),
      payload.filter((text) => !text.includes('\0') && text.isWellFormed()),
      fc.dictionary(fc.constantFrom('code', 'why'), fc.oneof(fc.integer(), name, fc.boolean())),
      (series, tags, kind, text, more) => {
        const line = encodePoint({
          name: series,
          tags: Object.fromEntries([['cluster', 'c'], ...Object.entries(tags)]),
          fields: { [kind]: text, ...more },
          timeMs: NOW_MS,
        });
        const lines = new SortedLines(NOW_MS, undefined);
        forEachPoint(Buffer.from(line), { nowMs: NOW_MS }, (one) => lines.take(one));
        const [entry] = lines.clusters.get('c')!.entries;
        const { about = null, ...rest } = entry!;
        const said = about && [about.kind, about.name, about.type, about.typeId, about.stype, about.stypeId];
        const record = recordOf('c', { ...rest, level: rest.level!, seq: 1, about: said });
        expect([record.kind, record.name, record.payload]).toEqual([kind, series, text]);
        expect([record.type, record.stypeId]).toEqual([tags['type'] ?? null, tags['stype-id'] ?? null]);
        expect(JSON.parse(record.fields ?? '{}')).toEqual(more);
        const { loglevel: _level, ...kept } = JSON.parse(record.tags ?? '{}') as Record<string, string>;
        const others = Object.entries(tags).filter(([tag]) => !/^s?type(-id)?$/.test(tag));
        expect(new Map(Object.entries(kept))).toEqual(new Map(others));
      },
    ),
    { numRuns: 2_000 },
  );
});
