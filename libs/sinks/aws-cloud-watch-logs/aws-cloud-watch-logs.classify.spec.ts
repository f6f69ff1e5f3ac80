import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  missingGroup,
  notThereYet,
  refusedEvents,
  TOO_NEW,
  TOO_OLD,
  unmade,
} from './aws-cloud-watch-logs.classify.js';

const codes = (info: Parameters<typeof refusedEvents>[0], count = 5): string[] => {
  const list = Array.from({ length: count }, () => '-');
  for (const { index, code } of refusedEvents(info, count)) list[index] = code;
  return list;
};

describe('the events that AWS refuses of a batch', () => {
  it('are those before the two ends, which are exclusive, and from the start on, which is inclusive', () => {
    expect(codes(undefined)).toEqual(['-', '-', '-', '-', '-']);
    expect(codes({})).toEqual(['-', '-', '-', '-', '-']);
    expect(codes({ tooOldLogEventEndIndex: 2 })).toEqual(['too_old', 'too_old', '-', '-', '-']);
    expect(codes({ expiredLogEventEndIndex: 1 })).toEqual(['expired', '-', '-', '-', '-']);
    expect(codes({ tooNewLogEventStartIndex: 4 })).toEqual(['-', '-', '-', '-', 'too_new']);
    expect(
      codes({ tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 3, tooNewLogEventStartIndex: 4 }),
    ).toEqual(['too_old', 'expired', 'expired', '-', 'too_new']);
    expect(codes({ tooOldLogEventEndIndex: 5 })).toEqual(Array.from({ length: 5 }, () => 'too_old'));
    expect(codes({ tooNewLogEventStartIndex: 0 })).toEqual(Array.from({ length: 5 }, () => 'too_new'));
  });

  it('are never others than those of the batch, each once, whatever the numbers are', () => {
    const index = fc.option(fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(NaN, 1.5, Infinity)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(index, index, index, fc.integer({ min: 1, max: 9 }), (tooOld, expired, tooNew, count) => {
        const refused = refusedEvents(
          {
            tooOldLogEventEndIndex: tooOld,
            expiredLogEventEndIndex: expired,
            tooNewLogEventStartIndex: tooNew,
          },
          count,
        ).map((one) => one.index);
        expect(new Set(refused).size).toBe(refused.length);
        for (const one of refused) expect(one >= 0 && one < count).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is said', () => {
  it('is a sentence that one can act on', () => {
    const config = { groupName: 'g', region: 'eu-west-1', clusterIds: [] };
    const said = [TOO_OLD, TOO_NEW, missingGroup(config), unmade('the log stream s', 'X'), notThereYet('s')];
    for (const one of said) expect(one).toMatchObject({ reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(missingGroup(config)).toMatchObject({ kind: 'gone', what: 'destination' });
  });
});
