import type { Intake } from '../delivery/index.js';
import {
  DETECTORS,
  judge,
  toKeptLook,
  type ClusterLook,
  type DetectionDefaults,
  type Detector,
  type Judged,
  type Off,
  type Round,
  type Verdict,
} from '../detection/index.js';
import type { Clock } from '../domain/index.js';
import type {
  DetectorState,
  DetectorStateStore,
  ObservationStore,
  Transaction,
} from '../persistence/index.js';
import { report, type ReportedTransition } from './report.js';
import { endUnwatched } from './unwatched.js';
import type { WatchedCluster } from './watched-clusters.js';

export interface RoundResult {
  readonly reported: readonly ReportedTransition[];
  /** The soonest that any detector asks for, counted from the look's beginning. */
  readonly lookAgainAfterMs?: number;
}

type States = Pick<DetectorStateStore, 'lockCluster' | 'recall' | 'save' | 'forgetStates' | 'openIssues'>;

/**
 * What the detectors make of one round, with what they remember: all of it in one transaction, or nothing. The look is
 * kept in the same one, so that what is kept is what was judged. State is stored whenever it changed, so an open issue
 * of ours has remembered state always, and only what is remembered needs to be ended where a detector is off.
 */
export class RoundEvaluator {
  constructor(
    private readonly intake: Intake,
    private readonly states: States,
    private readonly observations: Pick<ObservationStore, 'append'>,
    private readonly defaults: DetectionDefaults,
    private readonly clock: Clock,
    private readonly detectors: readonly Detector[] = DETECTORS,
  ) {}

  /**
   * A look is dropped when the cluster was removed or has other nodes meanwhile, or when another collector's later look
   * was judged while this one was still waiting for slow nodes: what was said is then of no use.
   */
  evaluate({ id, projectId }: WatchedCluster, round: Round, look: ClusterLook): Promise<RoundResult> {
    const kinds = this.detectors.filter(({ reads }) => reads === round).map(({ kind }) => kind);
    return this.intake.run(async (scope) => {
      const { tx } = scope;
      await this.states.lockCluster(tx, id);
      const present = await this.states.recall(tx, id, kinds, round);
      if (
        present === undefined ||
        !haveSameNodes(present.nodeIds, look) ||
        isOvertaken(look, present.latestAt)
      )
        return { reported: [] };
      const instructions = { defaults: this.defaults, overrides: present.detection };
      const verdicts = judge(round, look, present.states, instructions, this.detectors);
      const judged = verdicts.filter(isJudged);
      const kept = toKeptLook(look, present.detection);
      await this.observations.append(tx, { clusterId: id, round, at: look.at, look: kept });
      await this.states.save(
        tx,
        id,
        judged.filter(({ isChanged }) => isChanged).map(toStored),
        this.clock.now(),
      );
      const ended = await this.endOff(tx, id, look, verdicts, present.states);
      const seen = judged.flatMap(({ detector: kind, evaluation }) =>
        evaluation.transitions.map((transition) => ({ ...transition, kind })),
      );
      return { reported: await report(scope, { id, projectId }, [...seen, ...ended]), ...soonest(judged) };
    });
  }

  /** Detectors that are off, of what they remember, forget it; they are asked nothing where they remember nothing. */
  private async endOff(
    tx: Transaction,
    clusterId: string,
    look: ClusterLook,
    verdicts: readonly Verdict[],
    remembered: readonly DetectorState[],
  ) {
    const isRemembered = ({ detector, subject }: Off): boolean =>
      remembered.some((one) => one.detector === detector && one.subject === subject);
    const offs = verdicts.filter(isOff).filter(isRemembered);
    if (offs.length === 0) return [];
    await this.states.forgetStates(tx, clusterId, offs);
    return endUnwatched(clusterId, look, offs, await this.states.openIssues(tx, clusterId));
  }
}

/** So old a look may be when its turn comes. Behind by more, it is the clock that stepped back. */
const MAX_AGE_MS = 30_000;

function isOvertaken({ at }: ClusterLook, latestAt: Date | null): boolean {
  const behindMs = latestAt === null ? 0 : latestAt.getTime() - at.getTime();
  return behindMs > 0 && behindMs <= MAX_AGE_MS;
}

const isJudged = (verdict: Verdict): verdict is Judged => 'evaluation' in verdict;

const isOff = (verdict: Verdict): verdict is Off => 'offBecause' in verdict;

const toStored = ({ detector, subject, state }: Judged): DetectorState => ({ detector, subject, state });

function haveSameNodes(present: readonly string[], { nodes }: ClusterLook): boolean {
  const looked = nodes.map(({ node }) => node.id).sort();
  return JSON.stringify(present.toSorted()) === JSON.stringify(looked);
}

function soonest(judged: readonly Judged[]): Pick<RoundResult, 'lookAgainAfterMs'> {
  const wishes = judged.flatMap(({ evaluation }) => evaluation.lookAgainAfterMs ?? []);
  return wishes.length === 0 ? {} : { lookAgainAfterMs: Math.min(...wishes) };
}
