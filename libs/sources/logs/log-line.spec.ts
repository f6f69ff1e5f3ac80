import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineText } from './log-line.js';

const LINE = {
  seq: 7,
  timeMs: 1_700_000_000_123,
  acceptedMs: 1_700_000_000_456,
  node: 'n1',
  level: 'info' as const,
};

it('is JSON on one line, whatever is in it', () => {
  const bodies = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json({ depthSize: 'small' }),
    fc.json().map((text) => ` ${text.replaceAll(',', ',\r\n')}\n`),
    fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value, undefined, 2)),
  );
  fc.assert(
    fc.property(bodies, fc.string({ unit: 'binary' }), (body, node) => {
      const text = lineText({ ...LINE, node, body });
      expect(text).not.toMatch(/[\r\n]/);
      const { message, ...rest } = JSON.parse(text);
      expect(rest).toEqual({
        seq: 7,
        time: '2023-11-14T22:13:20.123Z',
        acceptedAt: '2023-11-14T22:13:20.456Z',
        node,
        level: 'info',
      });
      expect(message).toEqual(typeof message === 'string' ? body : JSON.parse(body));
    }),
  );
});

it('shows as an object only what is one', () => {
  const message = (body: string): unknown => JSON.parse(lineText({ ...LINE, body })).message;
  expect(message('{"a":1}')).toEqual({ a: 1 });
  expect(message(' {}')).toEqual({});
  for (const body of ['{"a":1', '[{}]', '1', 'null', '"{}"', '{} and more', ''])
    expect(message(body)).toBe(body);
});
