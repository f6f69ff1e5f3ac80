import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pace } from '../sink.js';
import { slackPace } from './slack.pace.js';

const TOKEN = 'xoxb-planted-0123456789-secret';
const paceWith = (processSettings?: Record<string, unknown>, token = TOKEN, channel = '#alerts') =>
  slackPace(token, channel, processSettings ? { processSettings } : {});
const updatesOf = (perMinute: number): Pace =>
  paceWith({ SPILLWAY_SLACK_UPDATES_PER_MINUTE: perMinute }).update!;

/** When calls that want to go at these times go, as a pace promises: `burst` at once, then one every `everyMs`. */
function paced({ everyMs, burst }: Pace, wanted: readonly number[]): number[] {
  let takenUntil = Number.NEGATIVE_INFINITY;
  return wanted.map((at) => {
    takenUntil = Math.max(takenUntil, at - (burst - 1) * everyMs);
    const goes = Math.max(at, takenUntil);
    takenUntil += everyMs;
    return goes;
  });
}

/** The most of these that lie in one window of so many milliseconds, both its ends included. */
const mostWithin = (windowMs: number, times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at <= from + windowMs).length));

const wantedTimes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 90_000 })), { maxLength: 250 })
  .map((gaps) => gaps.reduce<number[]>((times, gap) => [...times, (times.at(-1) ?? 0) + gap], []));

describe("Slack's pace", () => {
  it('is one post in a good second, and ten updates at once, then one every two seconds', () => {
    expect(paceWith()).toEqual({
      open: { key: expect.stringMatching(/^slack:post:[0-9a-f]{32}$/), everyMs: 1_200, burst: 1 },
      update: { key: expect.stringMatching(/^slack:update:[0-9a-f]{32}$/), everyMs: 2_000, burst: 10 },
    });
  });

  it('posts no two messages to a channel within a second', () => {
    fc.assert(
      fc.property(wantedTimes, (wanted) => {
        expect(mostWithin(1_000, paced(paceWith().open!, wanted))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('updates no more often in any minute than the operator says', () => {
    const limits = fc.oneof(fc.constant(40), fc.integer({ min: 1, max: 500 }));
    fc.assert(
      fc.property(wantedTimes, limits, (wanted, limit) => {
        expect(mostWithin(60_000, paced(updatesOf(limit), wanted))).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('uses up what the operator allows', () => {
    const all = Array.from({ length: 200 }, () => 0);
    for (const limit of [2, 10, 40, 100])
      expect(mostWithin(60_000, paced(updatesOf(limit), all))).toBe(limit);
  });

  it('is off where the operator turns it off, each by itself', () => {
    const off = { SPILLWAY_SLACK_POST_INTERVAL: 0, SPILLWAY_SLACK_UPDATES_PER_MINUTE: 0 };
    expect(paceWith(off)).toEqual({});
    expect(paceWith({ SPILLWAY_SLACK_POST_INTERVAL: 0 })).toEqual({ update: paceWith().update });
    expect(paceWith({ SPILLWAY_SLACK_POST_INTERVAL: 5_000 }).open?.everyMs).toBe(5_000);
  });

  it('is the default where a setting is none', () => {
    for (const odd of [{}, { SPILLWAY_SLACK_POST_INTERVAL: 'soon', SPILLWAY_SLACK_UPDATES_PER_MINUTE: -1 }])
      expect(paceWith(odd)).toEqual(paceWith());
  });

  it('is shared by all with the same token and, for posts, the same channel', () => {
    const keys = (token: string, channel: string) => {
      const { open, update } = paceWith({}, token, channel);
      return { open: open?.key, update: update?.key };
    };
    expect(keys(TOKEN, 'alerts')).toEqual(keys(TOKEN, '#alerts'));
    expect(keys(TOKEN, 'others').update).toBe(keys(TOKEN, 'alerts').update);
    expect(keys(TOKEN, 'others').open).not.toBe(keys(TOKEN, 'alerts').open);
    expect(keys('xoxb-other', 'alerts').update).not.toBe(keys(TOKEN, 'alerts').update);
  });

  it('names neither the token nor a plain digest of it', () => {
    const text = JSON.stringify(paceWith());
    expect(text).not.toContain(TOKEN);
    for (const algorithm of ['md5', 'sha1', 'sha256'])
      expect(text).not.toContain(createHash(algorithm).update(TOKEN).digest('hex').slice(0, 16));
  });
});
