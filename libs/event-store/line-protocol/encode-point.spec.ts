import { describe, expect, it } from 'vitest';
import { encodePoint, type NewPoint } from './index.js';

const POINT = { name: 'log', tags: {}, fields: { log: 'x' } };

describe('a point as a line', () => {
  it.each<[string, Partial<NewPoint>, string]>([
    ['with its time in nanoseconds', { timeMs: 1_740_027_951_123.9 }, 'log log="x" 1740027951123000000\n'],
    ['without a time', {}, 'log log="x"\n'],
    ['with escaped tags', { tags: { 'a b': 'c,d=e' } }, 'log,a\\ b=c\\,d\\=e log="x"\n'],
    ['without an empty tag', { tags: { a: '', b: '1' } }, 'log,b=1 log="x"\n'],
    ['with escaped text', { fields: { log: 'a "b" \\n\nc' } }, 'log log="a \\"b\\" \\\\n\nc"\n'],
    ['with all kinds of values', { fields: { a: 1.5, b: 2n, c: false } }, 'log a=1.5,b=2i,c=false\n'],
    ['with an escaped name', { name: 'a b,c=d' }, 'a\\ b\\,c=d log="x"\n'],
  ])('%s', (_what, changed, line) => expect(encodePoint({ ...POINT, ...changed })).toBe(line));

  it.each<[string, Partial<NewPoint>]>([
    ['a break in a tag', { tags: { a: 'b\nc' } }],
    ['a backslash at the end of a tag', { tags: { a: 'b\\' } }],
    ['an empty key', { tags: { '': 'b' } }],
    ['an empty name', { name: '' }],
    ['a name like a comment', { name: '#a' }],
    ['no field', { fields: {} }],
    ['a number that is none', { fields: { a: Number.NaN } }],
  ])('that line protocol cannot carry throws: %s', (_what, changed) =>
    expect(() => encodePoint({ ...POINT, ...changed })).toThrow(RangeError),
  );
});
