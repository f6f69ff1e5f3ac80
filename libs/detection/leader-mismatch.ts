import { z } from 'zod';
import type { ClusterDetector, ClusterLook } from './detector.js';
import { blindWithoutAnswer, isReplica, leaderNamedIn, offWithoutPeers } from './gossip-view.js';
import { describeMismatch, describeOneLeader } from './leader-mismatch.message.js';
import { covers, extendRun, momentMs, run } from './run.js';
import { durationSetting } from './setting.js';

const settings = {
  windowMs: durationSetting({
    name: 'window',
    env: 'SPILLWAY_LEADER_MISMATCH_WINDOW',
    fallback: '3m',
    what: 'How long the nodes must disagree on the leader',
  }),
  closeAfterMs: durationSetting({
    name: 'closeAfter',
    env: 'SPILLWAY_LEADER_MISMATCH_CLOSE_AFTER',
    fallback: '1m',
    what: 'How long after it was opened a leader mismatch stays open at least',
  }),
};

const mismatchState = z.object({
  /** Looks at which they disagreed, without one in between at which they agreed. */
  run: run.nullable(),
  open: z.object({ sinceMs: momentMs, openedMs: momentMs }).nullable(),
});
type MismatchState = z.infer<typeof mismatchState>;

const initial: MismatchState = { run: null, open: null };

/**
 * Every node that is no read-only replica names whom its rows show leading (itself, if it takes itself for a leader of
 * the highest epoch that it knows), or nobody; an answer without rows names none. Two different answers are a
 * disagreement, even if other nodes do not answer; only if all answer they can agree. (That nobody leads may be agreed,
 * too: that is cluster consensus's to tell.) Opens when they disagree at all looks of a covered window that tell. Closes
 * when they agree, `closeAfterMs` after it was opened at the earliest.
 */
export const leaderMismatch: ClusterDetector<MismatchState, typeof settings> = {
  kind: 'leader-mismatch',
  scope: 'cluster',
  reads: 'gossip',
  settings,
  initial,
  restore: (json) => mismatchState.safeParse(json).data ?? initial,
  offBecause: offWithoutPeers,
  blindBecause: (look) =>
    blindWithoutAnswer(look) ??
    (agree(look.nodes) === undefined ? 'too few nodes answer the gossip query to compare them' : undefined),
  evaluate(state, look, { windowMs, closeAfterMs, maxGapMs }) {
    const isAgreed = agree(look.nodes);
    if (isAgreed === undefined) return { state, transitions: [] };
    const atMs = look.at.getTime();
    const emit = (event: 'open' | 'closed', message: string) => [
      { event, severity: 'critical' as const, message, nodeId: null, time: look.at },
    ];
    if (state.open !== null) {
      // A clock that stepped back must not keep it open until it has caught up.
      const openedMs = Math.min(state.open.openedMs, atMs);
      const open = { sinceMs: Math.min(state.open.sinceMs, atMs), openedMs };
      if (isAgreed && atMs - openedMs >= closeAfterMs)
        return { state: initial, transitions: emit('closed', describeOneLeader(look, open.sinceMs)) };
      const message = describeMismatch(
        look,
        open.sinceMs,
        windowMs,
        isAgreed ? openedMs + closeAfterMs : undefined,
      );
      return { state: { run: null, open }, transitions: emit('open', message) };
    }
    if (isAgreed) return { state: initial, transitions: [] };

    const disagreed = extendRun(state.run, atMs, windowMs, maxGapMs);
    if (!covers(disagreed, windowMs)) return { state: { run: disagreed, open: null }, transitions: [] };
    const open = { sinceMs: disagreed.firstMs, openedMs: atMs };
    return {
      state: { run: null, open },
      transitions: emit('open', describeMismatch(look, open.sinceMs, windowMs)),
    };
  },
};

/** Whether the nodes name the same leader; undefined when it cannot be told, because some do not answer. */
function agree(nodes: ClusterLook['nodes']): boolean | undefined {
  const voters = nodes.filter((one) => !isReplica(nodes, one));
  const named = voters.flatMap(({ observations: { gossip } }) =>
    gossip?.ok === true && gossip.value.members.length > 0
      ? [leaderNamedIn(gossip.value)?.endpoint ?? null]
      : [],
  );
  if (new Set(named).size > 1) return false;
  return named.length > 0 && named.length === voters.length ? true : undefined;
}
