import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mutated, points, scribbles } from '../testing/arbitrary-points.js';
import { encodePoint, forEachPoint, forEachReadablePoint } from './index.js';

const NOW_MS = Date.UTC(2026, 5, 1);

function read(body: Buffer | string) {
  const names: string[] = [];
  const { count, errors } = forEachReadablePoint(Buffer.from(body), { nowMs: NOW_MS }, ({ series }) => {
    names.push(series.name);
    return series.name === 'refused' ? 'nobody wants it' : undefined;
  });
  return { names, count, errors: errors.map(({ message }) => message) };
}

it('reads the lines around one that cannot be read, and says where that is', () => {
  expect(read('a f=1\nb f=\nc f=1\nd\ne f=1')).toEqual({
    names: ['a', 'c', 'e'],
    count: 2,
    errors: ['at line 2:5: a field has no value', 'at line 4:2: the line has no field'],
  });
});

it('counts a line that is objected to, and goes on', () => {
  expect(read('a f=1\nrefused f=1\nb f=1')).toEqual({
    names: ['a', 'refused', 'b'],
    count: 1,
    errors: ['at line 2:1: nobody wants it'],
  });
});

it('goes on with the next line where a text in quotes does not end', () => {
  expect(read('a f=1\nb f="open\nc f=1')).toEqual({
    names: ['a', 'c'],
    count: 1,
    errors: ['at line 2:5: a quoted text does not end'],
  });
});

it('goes on with the next line where an object without quotes around it does not end', () => {
  expect(read('a f=1\nb event={"open\nc event="x",f="y"\nd f="z')).toMatchObject({
    names: ['a', 'c'],
    errors: ['at line 2:9: an object does not end', 'at line 4:5: a quoted text does not end'],
  });
});

it('leaves out only those lines that are no UTF-8', () => {
  const body = Buffer.concat([
    Buffer.from('a f=1\nb f="'),
    Buffer.from([0xff]),
    Buffer.from('"\nc f=1\nd f='),
  ]);
  expect(read(body)).toEqual({
    names: ['a', 'c'],
    count: 2,
    errors: ['at line 2:1: the text is not UTF-8', 'at line 4:5: a field has no value'],
  });
});

it('tells a few of many errors, and counts them all', () => {
  const { count, errors } = read('x\n'.repeat(1_000));
  expect(count).toBe(1_000);
  expect(errors).toHaveLength(20);
});

it.each([
  ['objects that never end', '"a b={"\n', 20],
  ['lines without a space', 'x\n', 200_000],
  ['escaped spaces', 'x\\ \\ \n', 200_000],
  ['names that end with a break', 'x \n', 200_000],
])('takes no time to speak of for %s', (_what, line, bad) => {
  const begunAt = performance.now();
  expect(read(line.repeat(200_000)).count).toBe(bad);
  expect(performance.now() - begunAt).toBeLessThan(8_000);
});

it('reads all that the strict reading reads, of any body without a mistake', () => {
  const bodies = fc.array(points, { maxLength: 5 }).map((all) => all.map(encodePoint).join(''));
  fc.assert(
    fc.property(bodies, (body) => {
      const strict: unknown[] = [];
      forEachPoint(Buffer.from(body), { nowMs: NOW_MS }, (point) => void strict.push(point));
      const lenient: unknown[] = [];
      const { count } = forEachReadablePoint(
        Buffer.from(body),
        { nowMs: NOW_MS },
        (point) => void lenient.push(point),
      );
      expect({ count, lenient }).toEqual({ count: 0, lenient: strict });
    }),
    { numRuns: 2_000 },
  );
});

it('reads everything before the first mistake as the strict reading does, and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(scribbles, mutated(scribbles)), (text) => {
      const strict: unknown[] = [];
      let isGood = true;
      try {
        forEachPoint(Buffer.from(text), { nowMs: NOW_MS }, (point) => void strict.push(point));
      } catch {
        isGood = false;
      }
      const lenient: unknown[] = [];
      const { count } = forEachReadablePoint(
        Buffer.from(text),
        { nowMs: NOW_MS },
        (point) => void lenient.push(point),
      );
      expect(lenient.slice(0, strict.length)).toEqual(strict);
      expect(count === 0).toBe(isGood);
    }),
    { numRuns: 20_000 },
  );
});
