import { z } from 'zod';
import type { Severity } from '../domain/index.js';
import { describeAgreement, describeDisagreement } from './cluster-consensus.message.js';
import type { ClusterDetector, ClusterLook } from './detector.js';
import type { GossipAnswer, NodeObservations } from './observation.js';

const consensusState = z.object({
  /** When the first bad look of the present row of bad looks was. */
  badSinceMs: z.number().nullable(),
  /** When the latest of them was. */
  badLastMs: z.number().nullable(),
  /** The open issue, and how bad it was at last. */
  open: z.object({ severity: z.enum(['warning', 'critical']) }).nullable(),
});
type ConsensusState = z.infer<typeof consensusState>;

const initial: ConsensusState = { badSinceMs: null, badLastMs: null, open: null };

/**
 * A look is bad when a node's gossip query failed or the nodes' answers differ in any member's state or liveness.
 * The first bad look only asks for another, because nodes may differ for seconds in health (after an election, say);
 * one that is at least `consensusConfirmAfterMs` later opens, unless nobody looked for so long in between that the two
 * have nothing to do with each other. A good look closes.
 */
export const clusterConsensus: ClusterDetector<ConsensusState> = {
  kind: 'cluster-consensus',
  scope: 'cluster',
  reads: 'gossip',
  initial,
  restore: (json) => consensusState.safeParse(json).data ?? initial,
  evaluate(state, look, { consensusConfirmAfterMs: confirmAfterMs, gossipMaxGapMs }) {
    if (look.nodes.length === 0) return { state, transitions: [] };
    const emit = (event: 'open' | 'closed', severity: Severity, message: string) => [
      { event, severity, message, nodeId: null, time: look.at },
    ];
    const atMs = look.at.getTime();
    if (isGood(look)) {
      if (state.open === null) return { state: initial, transitions: [] };
      const message = describeAgreement(look, state.badSinceMs ?? atMs);
      return { state: initial, transitions: emit('closed', state.open.severity, message) };
    }

    const maxGapMs = Math.max(confirmAfterMs, gossipMaxGapMs);
    const isFirst = state.open === null && !isContinued(state, atMs, maxGapMs);
    const badSinceMs = isFirst ? atMs : (state.badSinceMs ?? atMs);
    if (state.open === null && (isFirst || atMs - badSinceMs < confirmAfterMs)) {
      const lookAgainAfterMs = badSinceMs + confirmAfterMs - atMs;
      return { state: { badSinceMs, badLastMs: atMs, open: null }, transitions: [], lookAgainAfterMs };
    }
    const severity = hasLeader(look) ? 'warning' : 'critical';
    const message = describeDisagreement(look, badSinceMs, severity);
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

function isGood({ nodes }: ClusterLook): boolean {
  const [only, ...others] = nodes.map(({ observations }) => observations);
  if (only !== undefined && others.length === 0) {
    if (only.gossip === undefined || only.gossip.ok) return only.gossip !== undefined;
    return GOSSIP_IS_OFF.includes(only.gossip.code) && saysItLeads(only);
  }
  const answers = nodes.map(({ observations: { gossip } }) =>
    gossip?.ok === true ? fingerprint(gossip.value) : null,
  );
  return !answers.includes(null) && new Set(answers).size === 1;
}

/** What two answers must have in common to be called the same. Positions and times differ always. */
const fingerprint = ({ members }: GossipAnswer): string =>
  JSON.stringify(
    members.map(({ endpoint, state, isAlive }) => JSON.stringify([endpoint, state, isAlive])).sort(),
  );

const saysItLeads = ({ info }: NodeObservations): boolean =>
  info?.ok === true && ['leader', 'master'].includes(info.value.state);

/** `/info` counts only for a node whose gossip is not to be had: where both answer, gossip is the truth (#3175). */
const hasLeader = ({ nodes }: ClusterLook): boolean =>
  nodes.some(({ observations }) =>
    observations.gossip?.ok === true
      ? observations.gossip.value.members.some(({ state, isAlive }) => state === 'Leader' && isAlive)
      : saysItLeads(observations),
  );
