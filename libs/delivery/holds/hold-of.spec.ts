import { describe, expect, it } from 'vitest';
import type { StoredHold } from '../../persistence/index.js';
import type { HoldSubject, Matcher } from './hold.js';
import { holdOf } from './hold-of.js';
import { explainMatch, isMeant, matches } from './match.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const hours = (count: number): Date => new Date(NOW.getTime() + count * 3_600_000);
const ISSUE: HoldSubject = {
  type: 'issue',
  kind: 'disk-usage',
  severity: 'warning',
  clusterId: 'cluster-a',
  nodeId: 'node-a',
};
const NOTIFICATION: HoldSubject = { ...ISSUE, type: 'notification', kind: null, nodeId: null };
const silence = (change: Partial<StoredHold> = {}): StoredHold => ({
  id: 'silence-a',
  type: 'silence',
  reason: 'The disks are being replaced',
  author: 'ada@example.com',
  matcher: {},
  fromAt: hours(-1),
  untilAt: hours(1),
  cron: null,
  timeZone: null,
  durationMs: null,
  ...change,
});
const window = (change: Partial<StoredHold> = {}): StoredHold =>
  silence({
    id: 'window-a',
    type: 'window',
    untilAt: null,
    cron: '30 11 * * *',
    timeZone: 'UTC',
    durationMs: 7_200_000,
    ...change,
  });
const held = (holds: readonly StoredHold[], filter?: Matcher, subject = ISSUE) =>
  holdOf(subject, { id: 'integration-a', filter }, holds, NOW);

describe('a matcher', () => {
  it.each<[string, Matcher, HoldSubject, boolean]>([
    ['nothing', {}, ISSUE, true],
    ['a lower severity', { minimumSeverity: 'info' }, ISSUE, true],
    ['the same severity', { minimumSeverity: 'warning' }, ISSUE, true],
    ['a higher severity', { minimumSeverity: 'critical' }, ISSUE, false],
    ['its kind', { kinds: ['core-load', 'disk-usage'] }, ISSUE, true],
    ['other kinds', { kinds: ['core-load'] }, ISSUE, false],
    ['its cluster', { clusterIds: ['cluster-a'] }, ISSUE, true],
    ['clusters, of a subject without', { clusterIds: ['cluster-a'] }, { ...ISSUE, clusterId: null }, false],
    ['its node', { nodeIds: ['node-a'] }, ISSUE, true],
    ['nodes, of an issue without', { nodeIds: ['node-a'] }, { ...ISSUE, nodeId: null }, false],
    ['one that fits and one that does not', { kinds: ['disk-usage'], nodeIds: ['node-b'] }, ISSUE, false],
    ['clusters, of a notification elsewhere', { clusterIds: ['cluster-b'] }, NOTIFICATION, false],
    ['an empty list', { kinds: [] }, ISSUE, false],
  ])('on %s is the same for filters and silences', (_what, matcher, subject, fits) => {
    expect([matches(matcher, subject), isMeant(matcher, subject)]).toEqual([fits, fits]);
  });

  it.each<[string, Matcher]>([
    ['kinds', { kinds: ['core-load'] }],
    ['nodes', { nodeIds: ['node-b'] }],
    ['its severity and kinds', { minimumSeverity: 'info', kinds: ['disk-usage'] }],
  ])(
    'on %s lets every notification through as a filter, and holds none back as a silence',
    (_what, matcher) => {
      expect([matches(matcher, NOTIFICATION), isMeant(matcher, NOTIFICATION)]).toEqual([true, false]);
    },
  );

  it('says of every member whether it fits and why', () => {
    const matcher: Matcher = {
      minimumSeverity: 'critical',
      kinds: ['disk-usage'],
      nodeIds: ['a', 'b', 'c', 'd'],
    };
    expect(explainMatch(matcher, ISSUE)).toEqual([
      { member: 'minimumSeverity', ok: false, text: 'Its severity warning is below critical.' },
      { member: 'kinds', ok: true, text: 'Its kind disk-usage is among those meant: disk-usage.' },
      { member: 'nodeIds', ok: false, text: 'Its node node-a is not among those meant: 4 nodes.' },
    ]);
  });
});

describe('what holds a subject back', () => {
  it('is nothing without filter, silence and window', () => {
    expect(held([])).toBeNull();
    expect(held([], { minimumSeverity: 'warning' })).toBeNull();
  });

  it('is the filter before all else, until it is changed, with the members that do not fit', () => {
    expect(held([silence()], { minimumSeverity: 'critical', kinds: ['disk-usage'] })).toEqual({
      by: 'filter',
      type: 'filter',
      until: null,
      reason: "The integration's own filter does not let it through. Its severity warning is below critical.",
    });
  });

  it('is a silence, with who, why and until when', () => {
    expect(held([silence()])).toEqual({
      by: 'silence-a',
      type: 'silence',
      until: hours(1),
      reason:
        'A silence by ada@example.com holds it back until 2026-11-21T13:00:00.000Z: The disks are being replaced.',
    });
  });

  it('is the window whose occurrence is on', () => {
    expect(held([window()])).toMatchObject({ by: 'window-a', type: 'window', until: hours(1.5) });
    expect(held([window({ cron: '30 12 * * *' })])).toBeNull();
  });

  it('is the silence that lasts longest, and a window only without one', () => {
    const [short, long] = [silence({ untilAt: hours(0.5) }), silence({ id: 'silence-b', untilAt: hours(3) })];
    expect(held([window(), short, long])?.by).toBe('silence-b');
    expect(held([window(), short])?.by).toBe('silence-a');
    expect(held([window(), window({ id: 'window-b', durationMs: 86_400_000 - 1 })])?.by).toBe('window-b');
  });

  it.each([
    ['has not begun', { fromAt: hours(0.001) }],
    ['is over in this moment', { untilAt: NOW }],
    ['is for another integration', { matcher: { integrationIds: ['integration-b'] } }],
    ['is for another cluster', { matcher: { clusterIds: ['cluster-b'] } }],
  ])('is no silence that %s', (_what, change: Partial<StoredHold>) => {
    expect(held([silence(change)])).toBeNull();
  });

  it('is never a silence or window that names kinds or nodes, of a notification', () => {
    const holds = [
      silence({ matcher: { kinds: ['disk-usage'] } }),
      window({ matcher: { nodeIds: ['node-a'] } }),
    ];
    expect([held(holds)?.by, held(holds, {}, NOTIFICATION)]).toEqual(['silence-a', null]);
    expect(held([silence()], {}, NOTIFICATION)?.by).toBe('silence-a');
  });

  it("is only the integration's own filter, of a notice of the hub", () => {
    const notice = { ...NOTIFICATION, isNotice: true };
    expect(held([silence(), window()], {}, notice)).toBeNull();
    expect(held([silence()], { minimumSeverity: 'critical' }, notice)?.type).toBe('filter');
  });

  it('is a silence from its first moment on, for the integrations it names', () => {
    expect(held([silence({ fromAt: NOW, matcher: { integrationIds: ['integration-a'] } })])?.by).toBe(
      'silence-a',
    );
  });
});
