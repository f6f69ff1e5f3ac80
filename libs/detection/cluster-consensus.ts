import { z } from 'zod';
import type { Severity } from '../domain/index.js';
import { describeAgreement, describeBadLook, type WrongInLook } from './cluster-consensus.message.js';
import type { ClusterDetector, ClusterLook } from './detector.js';
import { leaderOf } from './gossip-view.js';
import type { GossipAnswer, NodeObservations } from './observation.js';
import { momentMs } from './run.js';
import { durationSetting } from './setting.js';

const settings = {
  confirmAfterMs: durationSetting({
    name: 'confirmAfter',
    env: 'SPILLWAY_CONSENSUS_CONFIRM_AFTER',
    fallback: '10s',
    what: "When a disagreement of the nodes' gossip is looked at again before it counts",
  }),
};

const consensusState = z.object({
  /** When the first bad look of the present row of bad looks was. */
  badSinceMs: momentMs.nullable(),
  /** When the latest of them was. */
  badLastMs: momentMs.nullable(),
  /** The open issue, and how bad it was at last. */
  open: z.object({ severity: z.enum(['warning', 'critical']) }).nullable(),
});
type ConsensusState = z.infer<typeof consensusState>;

const initial: ConsensusState = { badSinceMs: null, badLastMs: null, open: null };

/**
 * A look is bad when a node's gossip query failed, when the nodes' answers differ in any member's state or liveness, or
 * when they agree but show no live leader. The first bad look only asks for another, because this happens for seconds
 * in health (after an election, say); one that is at least `confirmAfterMs` later opens, unless nobody looked for so
 * long in between that the two have nothing to do with each other. A good look closes.
 */
export const clusterConsensus: ClusterDetector<ConsensusState, typeof settings> = {
  kind: 'cluster-consensus',
  scope: 'cluster',
  reads: 'gossip',
  settings,
  initial,
  restore: (json) => consensusState.safeParse(json).data ?? initial,
  blindBecause: ({ nodes }) =>
    nodes.some(({ observations: { gossip } }) => gossip !== undefined)
      ? undefined
      : 'no node has been asked for its gossip yet',
  evaluate(state, look, { confirmAfterMs, maxGapMs: paceMs }) {
    const verdict = verdictOf(look);
    if (verdict === 'unknown') return { state, transitions: [] };
    const emit = (event: 'open' | 'closed', severity: Severity, message: string) => [
      { event, severity, message, nodeId: null, time: look.at },
    ];
    const atMs = look.at.getTime();
    if (verdict === 'good') {
      if (state.open === null) return { state: initial, transitions: [] };
      const message = describeAgreement(look, state.badSinceMs ?? atMs);
      return { state: initial, transitions: emit('closed', state.open.severity, message) };
    }

    const maxGapMs = Math.max(confirmAfterMs, paceMs);
    const isFirst = state.open === null && !isContinued(state, atMs, maxGapMs);
    const badSinceMs = isFirst ? atMs : (state.badSinceMs ?? atMs);
    if (state.open === null && (isFirst || atMs - badSinceMs < confirmAfterMs)) {
      const lookAgainAfterMs = badSinceMs + confirmAfterMs - atMs;
      return { state: { badSinceMs, badLastMs: atMs, open: null }, transitions: [], lookAgainAfterMs };
    }
    const severity = hasLeader(look) ? 'warning' : 'critical';
    const message = describeBadLook(look, badSinceMs, verdict, severity);
    const transitions = emit('open', severity, message);
    return { state: { badSinceMs, badLastMs: atMs, open: { severity } }, transitions };
  },
};

/** A clock that stepped back says nothing about how much time is covered: the count starts anew. */
const isContinued = ({ badLastMs }: ConsensusState, atMs: number, maxGapMs: number): boolean =>
  badLastMs !== null && atMs >= badLastMs && atMs - badLastMs <= maxGapMs;

/**
 * How a single node without gossip answers: before 21.2 it is off there, and `/gossip` is missing (404), or hangs until
 * the server (408) or our deadline ends it (kurrent-io/KurrentDB issues 532 and 1161).
 */
const GOSSIP_IS_OFF = ['not-found', 'server-timeout', 'timeout'];

/** `unknown` when a node was not asked and those that were say nothing bad. */
type Verdict = 'good' | 'unknown' | WrongInLook;

function verdictOf({ nodes }: ClusterLook): Verdict {
  const queries = nodes.flatMap(({ observations: { gossip } }) => gossip ?? []);
  if (queries.length === 0) return 'unknown';
  const [first] = nodes;
  if (nodes.length === 1 && first !== undefined && leadsWithoutGossip(first.observations)) return 'good';
  if (queries.some(({ ok }) => !ok)) return 'failed';
  const answers = queries.map((query) => (query.ok ? fingerprint(query.value) : ''));
  if (new Set(answers).size > 1) return 'differing';
  if (leaderOf(nodes) === undefined) return 'leaderless';
  return queries.length < nodes.length ? 'unknown' : 'good';
}

const leadsWithoutGossip = (observations: NodeObservations): boolean =>
  observations.gossip?.ok === false &&
  GOSSIP_IS_OFF.includes(observations.gossip.code) &&
  saysItLeads(observations);

/** What two answers must have in common to be called the same. Positions and times differ always. */
const fingerprint = ({ members }: GossipAnswer): string =>
  JSON.stringify(
    members.map(({ endpoint, state, isAlive }) => JSON.stringify([endpoint, state, isAlive])).sort(),
  );

const saysItLeads = ({ info }: NodeObservations): boolean =>
  info?.ok === true && info.value.state === 'Leader';

/** `/info` counts only for a node whose gossip is not to be had: where both answer, gossip is the truth (#3175). */
const hasLeader = ({ nodes }: ClusterLook): boolean =>
  leaderOf(nodes) !== undefined ||
  nodes.some(({ observations }) => observations.gossip?.ok !== true && saysItLeads(observations));
