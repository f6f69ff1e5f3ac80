import type { Intake, IntakeScope } from '../delivery/index.js';
import {
  DETECTORS,
  type ClusterLook,
  type DetectionSettings,
  type Detector,
  type Evaluation,
  type Round,
  type Transition,
} from '../detection/index.js';
import { OWN_KEY_PREFIX, Problem, type Clock } from '../domain/index.js';
import type { DetectorState, DetectorStateStore } from '../persistence/index.js';
import type { WatchedCluster } from './watched-clusters.js';

/** A transition that is committed, and its number among its issue's events. */
export interface ReportedTransition extends Transition {
  readonly kind: string;
  readonly issueId: string;
  /** Absent when it changed nothing: the issue was closed already. */
  readonly seq?: number;
}

export interface RoundResult {
  readonly reported: readonly ReportedTransition[];
  /** The soonest that any detector asks for. */
  readonly lookAgainAfterMs?: number;
}

/** What the detectors make of one round, with what they remember: all of it in one transaction, or nothing. */
export class RoundEvaluator {
  constructor(
    private readonly intake: Intake,
    private readonly states: Pick<DetectorStateStore, 'lockCluster' | 'presentNodeIds' | 'load' | 'save'>,
    private readonly settings: DetectionSettings,
    private readonly clock: Clock,
    private readonly detectors: readonly Detector[] = DETECTORS,
  ) {}

  evaluate(cluster: WatchedCluster, round: Round, look: ClusterLook): Promise<RoundResult> {
    const detectors = this.detectors.filter(({ reads }) => reads === round);
    return this.intake.run(async (scope) => {
      await this.states.lockCluster(scope.tx, cluster.id);
      // The cluster may have been changed while its nodes answered: what they said is then of no use.
      const present = await this.states.presentNodeIds(scope.tx, cluster.id);
      if (present === undefined || !haveSameNodes(present, look)) return { reported: [] };
      const kinds = detectors.map(({ kind }) => kind);
      const stored = await this.states.load(scope.tx, cluster.id, kinds);
      const judged = detectors.flatMap((detector) => judge(detector, look, stored, this.settings));
      const changed = judged.filter(({ isChanged }) => isChanged).map(toStored);
      await this.states.save(scope.tx, cluster.id, changed, this.clock.now());
      return { reported: await report(scope, cluster, judged), ...soonest(judged) };
    });
  }
}

interface Judgement {
  readonly detector: string;
  readonly subject: string;
  readonly evaluation: Evaluation<unknown>;
  readonly isChanged: boolean;
}

const toStored = ({ detector, subject, evaluation }: Judgement): DetectorState => ({
  detector,
  subject,
  state: evaluation.state,
});

function judge(
  detector: Detector,
  look: ClusterLook,
  stored: readonly DetectorState[],
  settings: DetectionSettings,
): Judgement[] {
  const resume = (subject: string, evaluate: (state: unknown) => Evaluation<unknown>): Judgement => {
    const row = stored.find((one) => one.detector === detector.kind && one.subject === subject);
    const state = row === undefined ? detector.initial : detector.restore(row.state);
    const evaluation = evaluate(state);
    const isChanged = JSON.stringify(evaluation.state) !== JSON.stringify(state);
    return { detector: detector.kind, subject, evaluation, isChanged };
  };
  if (detector.scope === 'cluster') return [resume('', (state) => detector.evaluate(state, look, settings))];
  return look.nodes.map((one) =>
    resume(one.node.id, (state) => detector.evaluate(state, { cluster: look.cluster, ...one }, settings)),
  );
}

async function report(scope: IntakeScope, cluster: WatchedCluster, judged: readonly Judgement[]) {
  const reported: ReportedTransition[] = [];
  for (const { detector: kind, evaluation } of judged) {
    for (const transition of evaluation.transitions) {
      const { event, severity, message, nodeId, time } = transition;
      const key = OWN_KEY_PREFIX + [kind, cluster.id, ...(nodeId === null ? [] : [nodeId])].join(':');
      const content = { key, event, kind, severity, message, clusterId: cluster.id, nodeId, time };
      const accepted = await scope.acceptIssue(cluster.projectId, content).catch((error: unknown) => {
        // The issue was removed from the database meanwhile: then it need not be closed.
        if (event === 'closed' && error instanceof Problem && error.status === 404) return undefined;
        throw error;
      });
      if (accepted !== undefined) reported.push({ ...transition, kind, ...accepted });
    }
  }
  return reported;
}

function haveSameNodes(present: readonly string[], { nodes }: ClusterLook): boolean {
  const looked = nodes.map(({ node }) => node.id).sort();
  return JSON.stringify(present.toSorted()) === JSON.stringify(looked);
}

function soonest(judged: readonly Judgement[]): Pick<RoundResult, 'lookAgainAfterMs'> {
  const wishes = judged.flatMap(({ evaluation }) => evaluation.lookAgainAfterMs ?? []);
  return wishes.length === 0 ? {} : { lookAgainAfterMs: Math.min(...wishes) };
}
