import { describe, expect, it } from 'vitest';
import { parseLines } from '../../../libs/event-store/line-protocol/index.js';
import { encodeLine } from './encode-line.js';

const NOW_MS = Date.parse('2026-01-11T15:32:37Z');
const lineAt = (time: string): string => `{"@t":"${time}","@mt":"m","@l":"Error"}`;

describe('a line for the hub', () => {
  it('has its own time where it says one', () => {
    const line = lineAt('2026-01-11T14:00:00Z');
    const { text, timeMs } = encodeLine(line, 'n1', NOW_MS);
    expect(timeMs).toBe(Date.parse('2026-01-11T14:00:00Z'));
    const [point] = parseLines(Buffer.from(text), { nowMs: NOW_MS });
    expect(point).toMatchObject({ timeMs, hasTime: true });
    expect(point?.fields.get('log')).toBe(line);
  });

  it.each(['0001-01-01T00:00:00Z', '1677-09-21T00:12:43Z', '2262-04-11T23:47:17Z', '9999-12-31T23:59:59Z'])(
    'can be read by the hub though its own time is %s',
    (time) => {
      const { text, timeMs } = encodeLine(lineAt(time), 'n1', NOW_MS);
      expect(timeMs).toBeUndefined();
      expect(parseLines(Buffer.from(text), { nowMs: 0 })).toHaveLength(1);
      expect(text).toContain(` ${NOW_MS}000000\n`);
    },
  );
});
