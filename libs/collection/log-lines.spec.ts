import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesIn } from './log-lines.js';

const NODE = 'n1.example.com:2113';
const read = (text: string | Buffer, how: { isEnd?: boolean; isFull?: boolean } = {}) =>
  linesIn({ bytes: Buffer.from(text), isEnd: false, isFull: false, ...how }, NODE, 5);
const bodies = (...args: Parameters<typeof read>): string[] => read(...args).entries.map(({ body }) => body);

it('makes an entry of each recorded line, with its time and level', () => {
  const file = readFileSync(
    new URL('../../test/fixtures/eventstore/clef-25.1-lines.jsonl', import.meta.url),
    'utf8',
  );
  const { entries, bytes } = read(file, { isEnd: true });
  expect(entries.map(({ body }) => body)).toEqual(file.split('\n').filter((line) => line !== ''));
  expect(bytes).toBe(Buffer.byteLength(file));
  expect(entries.every(({ timeMs, level, node }) => timeMs > 1e12 && level !== null && node === NODE)).toBe(
    true,
  );
});

it('leaves a line that is not complete where it is, until nothing follows', () => {
  expect(read('one\ntwo')).toMatchObject({ bytes: 4, entries: [{ body: 'one' }] });
  expect(read('two')).toEqual({ bytes: 0, entries: [] });
  expect(bodies('one\ntwo', { isEnd: true })).toEqual(['one', 'two']);
});

it('takes a line that is too long in pieces', () => {
  expect(bodies('xxxx', { isFull: true })).toEqual(['xxxx']);
  expect(bodies('one\nxx', { isFull: true })).toEqual(['one']);
});

it('leaves out what is blank, carriage returns, a byte order mark, and what the database does not take', () => {
  expect(bodies('\ufeffone\r\n \r\n\n a\u0000b\n')).toEqual(['one', ' a\ufffdb']);
});

it('gives a line without a time that of the one before', () => {
  const { entries } = read('first\n{"@t":"2026-01-01T00:00:00Z","@mt":"x"}\n   at Somewhere()\n');
  const at = Date.UTC(2026, 0, 1);
  expect(entries.map(({ timeMs }) => timeMs)).toEqual([5, at, at]);
});

it('reads the same lines in whatever parts they come, bytes that are no text included', () => {
  const line = fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => Buffer.from(bytes.map((one) => (one === 10 ? 11 : one))));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 21, max: 60 }), (lines, size) => {
      const file = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
      const got: string[] = [];
      let at = 0;
      while (at < file.length) {
        const bytes = file.subarray(at, at + size);
        const part = linesIn(
          { bytes, isEnd: at + bytes.length === file.length, isFull: bytes.length === size },
          NODE,
          0,
        );
        expect(part.bytes).toBeGreaterThan(0);
        got.push(...part.entries.map(({ body }) => body));
        at += part.bytes;
      }
      expect(at).toBe(file.length);
      expect(got).toEqual(bodies(file, { isEnd: true }));
    }),
  );
});
