import { describe, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import { entryOf, numbered } from './aws-cloud-watch-metrics.engine.fixture.js';
import { Settled, sortEntries } from './aws-cloud-watch-metrics.window.js';

const NOW = Date.parse('2026-11-28T10:05:10Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const at = (time: string): number => Date.parse(`2026-11-28T${time}Z`);

function look(entries: readonly NewEntry[], nowMs = NOW) {
  const settled = new Settled();
  const wants = (name: string): boolean => name !== 'unwanted';
  const sorted = sortEntries({ entries: numbered(entries), now: new Date(nowMs) }, wants, settled);
  return { ...sorted, seqs: sorted.points.map(({ seq }) => seq), settlements: settled.settlements };
}

describe('the entries of a window', () => {
  it('go when their period is over and 15 seconds more, and wait until then', () => {
    const entries = ['10:03:59.999', '10:04:00', '10:04:59.999', '10:05:09'].map((time) =>
      entryOf(at(time), {}),
    );
    expect(look(entries)).toMatchObject({ seqs: [1], waitUntil: new Date(at('10:05:15')) });
    expect(look(entries, at('10:05:14.999')).seqs).toEqual([1]);
    expect(look(entries, at('10:05:15'))).toMatchObject({
      seqs: [1, 2, 3],
      waitUntil: new Date(at('10:06:15')),
    });
    expect(look(entries, at('10:07:00')).waitUntil).toBeUndefined();
  });

  it('do not wait for a clock that goes wrong, but for a reading of the same counter before', () => {
    const ahead = NOW + 10 * MINUTE;
    expect(look([entryOf(ahead, {})])).toMatchObject({ seqs: [1] });
    const counter = (timeMs: number, node = 'n1') =>
      entryOf(timeMs, { name: 'io_bytes', type: 'counter' }, node);
    expect(look([counter(NOW), counter(ahead), counter(ahead, 'n2')])).toMatchObject({
      seqs: [3],
      waitUntil: new Date(at('10:06:15')),
    });
  });

  it('come in the order of time, and of the same time in that of the stream', () => {
    const times = [3, 1, 2, 1].map((minute) => entryOf(at('09:00:00') + minute * MINUTE, {}));
    expect(look(times)).toMatchObject({ seqs: [2, 4, 3, 1], oldestMs: at('09:01:00') });
  });

  it('are settled without a call when AWS would not take them, by reason', () => {
    const entries = [
      entryOf(NOW - 14 * DAY, {}),
      entryOf(NOW - 14 * DAY + 10 * MINUTE, {}),
      entryOf(NOW + 120 * MINUTE + 1, {}),
      entryOf(NOW - DAY, { name: 'unwanted' }),
      entryOf(0, { name: 'unwanted' }),
      { timeMs: NOW, node: 'n1', level: null, body: 'a line' } as const,
      entryOf(0, {}),
      entryOf(NOW - DAY, { name: ' ' }),
    ];
    const { settlements, seqs } = look(entries);
    expect(seqs).toEqual([2]);
    expect(settlements.map(({ end, failure, seqs: of }) => [end, failure?.code, of])).toEqual([
      ['rejected', 'too_old', [1, 7]],
      ['rejected', 'too_far_ahead', [3]],
      ['suppressed', undefined, [4, 5]],
      ['rejected', 'not_a_sample', [6, 8]],
    ]);
  });
});
