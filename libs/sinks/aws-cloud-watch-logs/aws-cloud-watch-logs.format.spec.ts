import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, type NewEntry } from '../../domain/index.js';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import { eventFormat, MAX_MESSAGE_BYTES } from './aws-cloud-watch-logs.format.js';

const ENTRY: NewEntry = {
  timeMs: Date.parse('2026-11-20T12:00:00.123Z'),
  node: 'n1.example.com:2113',
  level: 'warn',
  body: '{"@t":"2026-11-20T12:00:00.1234567Z","@mt":"SLOW {queue}","big":12345678901234567890,"big":1.0}',
};
const write = (change: Partial<NewEntry> = {}, cluster = 'orders-db') =>
  eventFormat(cluster)({ ...ENTRY, ...change });
const read = (change: Partial<NewEntry> = {}, cluster?: string): Record<string, unknown> =>
  JSON.parse(write(change, cluster).message) as Record<string, unknown>;

describe('a log event', () => {
  it('is a JSON object that holds the original event as it stands there', () => {
    expect(write().message).toBe(
      `{"message":${ENTRY.body},"cluster":"orders-db","node":"n1.example.com:2113","level":"warn","time":"2026-11-20T12:00:00.123Z"}`,
    );
    expect(read({ level: null })).toMatchObject({ level: null });
  });

  it.each([
    '',
    'plain text',
    '{',
    '{"a":1',
    '{"a":1}{"b":2}',
    '[1]',
    'null',
    '"text"',
    '42',
    '\ufeff{}',
    '{"a":"\n"}',
  ])('holds as a text what is no JSON object: %j', (body) =>
    expect(read({ body })).toMatchObject({ message: body }),
  );

  it.each(['{}', ' {"a":1}\r\n', '{"a":{"b":[1,{"c":"\\u0000"}]}}'])('takes an object for one: %j', (body) =>
    expect(read({ body })).toMatchObject({ message: JSON.parse(body) }),
  );

  it('holds no half of a character, not even within an object', () => {
    const { message, bytes } = write({ body: '{"a":"\ud83d"}' });
    expect(message.startsWith('{"message":{"a":"\ufffd"},')).toBe(true);
    expect(bytes).toBe(Buffer.byteLength(message));
  });

  it('knows its own length in bytes, and can be read back, whatever is in it', () => {
    const body = fc.oneof(
      hostileText,
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(
        body,
        hostileText,
        hostileText,
        fc.constantFrom(...LOG_LEVELS, null),
        (text, node, cluster, level) => {
          const { message, bytes } = write({ body: text, node, level }, cluster);
          expect(bytes).toBe(new TextEncoder().encode(message).length);
          expect(message.isWellFormed()).toBe(true);
          const { message: _, ...rest } = JSON.parse(message) as Record<string, unknown>;
          expect(rest).toEqual({
            cluster: cluster.slice(0, 1_000).toWellFormed(),
            node: node.slice(0, 1_000).toWellFormed(),
            level,
            time: '2026-11-20T12:00:00.123Z',
          });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const mark = (bytes: number): string => `… [truncated: ${bytes} bytes]`;
  const frame = Buffer.byteLength(write({ body: '' }).message);

  it.each([
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['🔥', 4],
    ['"', 2],
    ['\n', 2],
    ['\u0001', 6],
  ])('is cut at a code point when it is too long, and says so: %j', (char, bytesInJson) => {
    const count = 1_100_000;
    const whole = char.repeat(count);
    const { message, bytes } = write({ body: whole });
    const text = (JSON.parse(message) as { message: string }).message;
    const end = mark(Buffer.byteLength(whole));
    expect(text.endsWith(end)).toBe(true);
    const kept = text.slice(0, -end.length);
    expect(whole.startsWith(kept)).toBe(true);
    expect(kept.length % char.length).toBe(0);
    expect(bytes).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(bytes, 'nothing more would fit').toBeGreaterThan(MAX_MESSAGE_BYTES - bytesInJson);
  });

  it('is whole as long as it may be, and an object that is longer becomes a text', () => {
    const fitting = 'a'.repeat(MAX_MESSAGE_BYTES - frame);
    expect(write({ body: fitting })).toMatchObject({ bytes: MAX_MESSAGE_BYTES });
    expect(read({ body: fitting })).toMatchObject({ message: fitting });
    expect(read({ body: `${fitting}a` }).message).toMatch(/a… \[truncated: \d+ bytes\]$/);
    const object = JSON.stringify({ a: fitting });
    expect(read({ body: object }).message).toMatch(/^\{"a":"a+… \[truncated: \d+ bytes\]$/);
  });
});
