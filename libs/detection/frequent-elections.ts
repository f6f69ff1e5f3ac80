import { z } from 'zod';
import type { ClusterDetector } from './detector.js';
import { describeElections, describeSteadiness } from './frequent-elections.message.js';
import { blindWithoutAnswer, leaderOf, offWithoutPeers } from './gossip-view.js';
import type { GossipMember } from './observation.js';
import { momentMs } from './run.js';
import { durationSetting } from './setting.js';

const settings = {
  windowMs: durationSetting({
    name: 'window',
    env: 'SPILLWAY_ELECTIONS_WINDOW',
    fallback: '1h',
    what: 'Within what time more than one leader change opens an issue, and how long there must not be more than one until it closes',
  }),
};

/** Of older changes only the number is kept. */
const MAX_REMEMBERED = 10;

const electionsState = z.object({
  /** The leadership known, and when it was last seen; not after every look, for the sake of writes. */
  seen: z
    .object({
      endpoint: z.string(),
      epochNumber: z.number().nullable(),
      /** Changes of endpoint that were counted since the epoch number last rose: it may follow a moment later. */
      ahead: z.number(),
      atMs: momentMs,
    })
    .nullable(),
  /** When the latest changes that count were seen. */
  changesMs: z.array(momentMs),
  open: z
    .object({
      /** The first of the changes that led here. */
      sinceMs: momentMs,
      changes: z.number(),
      /** The period that is to have no more than one change. */
      periodMs: momentMs,
      changesInPeriod: z.number(),
    })
    .nullable(),
});
type ElectionsState = z.infer<typeof electionsState>;
type Seen = NonNullable<ElectionsState['seen']>;

const initial: ElectionsState = { seen: null, changesMs: [], open: null };

/**
 * Counts new leaderships: by the leader's epoch number, so that a re-election of the same node and epochs that passed
 * between two looks count, too; by its endpoint where the epoch is unknown or has not (yet) risen. Opens when more than one was seen within a
 * window (exactly a window apart is within). A window later it closes if no more than one was seen meanwhile, else
 * another window later again. Views further apart than a window (or the permitted gap, if that is longer) cannot prove
 * anything within one: counting begins anew
 * (already when they are a twelfth less apart, if the earlier was not worth a write).
 */
export const frequentElections: ClusterDetector<ElectionsState, typeof settings> = {
  kind: 'frequent-elections',
  scope: 'cluster',
  reads: 'gossip',
  settings,
  initial,
  restore: (json) => electionsState.safeParse(json).data ?? initial,
  offBecause: offWithoutPeers,
  blindBecause: (look) =>
    blindWithoutAnswer(look) ??
    (leaderOf(look.nodes) === undefined ? 'no answer shows a live leader' : undefined),
  evaluate(stored, look, { windowMs, maxGapMs }) {
    const leader = leaderOf(look.nodes, stored.seen?.endpoint);
    if (leader === undefined) return { state: stored, transitions: [] };
    const atMs = look.at.getTime();
    const past = notAfter(atMs, stored);
    const isContinued = past.seen !== null && atMs - past.seen.atMs <= Math.max(windowMs, maxGapMs);
    const known = isContinued ? past.seen : null;
    // An answer from before the leadership that is known: of a node that was cut off.
    if (risenSince(known, leader) < 0) return { state: stored, transitions: [] };
    const news = known === null ? 0 : changesSince(known, leader);
    const seen = viewOf(leader, atMs, known, news, windowMs);
    const state = { seen, ...counted(past, news, atMs, windowMs, isContinued) };
    if (state.open === null) return { state, transitions: [] };

    const { open, changesMs } = state;
    const emit = (event: 'open' | 'closed', message: string) => [
      { event, severity: 'warning' as const, message, nodeId: null, time: look.at },
    ];
    const isPeriodOver = past.open !== null && atMs - open.periodMs >= windowMs;
    if (isPeriodOver && open.changesInPeriod <= 1) {
      const kept = open.changesInPeriod === 1 ? changesMs.slice(-1) : [];
      const message = describeSteadiness(look, leader, open);
      return { state: { seen, changesMs: kept, open: null }, transitions: emit('closed', message) };
    }
    const still = isPeriodOver ? { ...open, periodMs: atMs, changesInPeriod: 0 } : open;
    const message = describeElections(look, leader, { ...still, changesMs }, windowMs);
    return { state: { seen, changesMs, open: still }, transitions: emit('open', message) };
  },
};

/** What is remembered from later than now was seen before the clock stepped back: now at the latest. */
function notAfter(atMs: number, { seen, changesMs, open }: ElectionsState): ElectionsState {
  const notLater = (ms: number): number => Math.min(ms, atMs);
  return {
    seen: seen && { ...seen, atMs: notLater(seen.atMs) },
    changesMs: changesMs.map(notLater),
    open: open && { ...open, sinceMs: notLater(open.sinceMs), periodMs: notLater(open.periodMs) },
  };
}

/** By how much the epoch number rose; 0 when one of the two is unknown. */
const risenSince = (seen: Seen | null, { epochNumber }: GossipMember): number =>
  seen === null || seen.epochNumber === null || epochNumber === null ? 0 : epochNumber - seen.epochNumber;

/** How many leaderships began since. */
const changesSince = (seen: Seen, leader: GossipMember): number =>
  Math.max(risenSince(seen, leader) - seen.ahead, seen.endpoint === leader.endpoint ? 0 : 1);

/**
 * What is to be known of this leadership from now on. A view that brings nothing new is remembered only when the last
 * is a twelfth of the window old, so that state need not be written after every look.
 */
function viewOf(leader: GossipMember, atMs: number, seen: Seen | null, news: number, windowMs: number): Seen {
  const { endpoint } = leader;
  if (seen === null) return { endpoint, epochNumber: leader.epochNumber, ahead: 0, atMs };
  const risen = risenSince(seen, leader);
  const isNews = news > 0 || risen > 0 || (seen.epochNumber === null && leader.epochNumber !== null);
  if (!isNews && atMs - seen.atMs <= windowMs / 12) return seen;
  const ahead = risen > 0 ? 0 : seen.ahead + news;
  return { endpoint, epochNumber: leader.epochNumber ?? seen.epochNumber, ahead, atMs };
}

/** With the changes of this look, by which it may have opened. */
function counted(
  { changesMs, open }: ElectionsState,
  news: number,
  atMs: number,
  windowMs: number,
  isContinued: boolean,
): Pick<ElectionsState, 'changesMs' | 'open'> {
  const added = Array.from({ length: Math.min(news, MAX_REMEMBERED) }, () => atMs);
  if (open !== null) {
    const latestMs = [...changesMs, ...added].slice(-MAX_REMEMBERED);
    // A period of which too much was not watched proves nothing: it begins anew.
    const still = isContinued
      ? { ...open, changes: open.changes + news, changesInPeriod: open.changesInPeriod + news }
      : { ...open, periodMs: atMs, changesInPeriod: 0 };
    return { changesMs: latestMs, open: still };
  }
  const recentMs = changesMs.filter((ms) => atMs - ms <= windowMs);
  const latestMs = [...recentMs, ...added].slice(-MAX_REMEMBERED);
  const changes = recentMs.length + news;
  if (changes <= 1) return { changesMs: latestMs, open: null };
  const sinceMs = recentMs[0] ?? atMs;
  return { changesMs: latestMs, open: { sinceMs, changes, periodMs: atMs, changesInPeriod: 0 } };
}
