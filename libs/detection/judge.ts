import { isDeepStrictEqual } from 'node:util';
import { configOf, type DetectionDefaults, type DetectionOverrides } from './detection-config.js';
import type { ClusterLook, Detector, Evaluation, Round } from './detector.js';
import { DETECTORS } from './detectors.js';

/** What a detector remembers of one subject: a node's id, or the empty string for the whole cluster. */
export interface Remembered {
  readonly detector: string;
  readonly subject: string;
  readonly state: unknown;
}

/** What became of one subject: judged, or off for a reason (a clause), which ends what is open of it. */
export type Verdict = Judged | Off;

export interface Judged extends Remembered {
  readonly evaluation: Evaluation<unknown>;
  readonly isChanged: boolean;
}

export interface Off {
  readonly detector: string;
  readonly subject: string;
  readonly offBecause: string;
}

/** The hub's settings and the cluster's own. */
export interface Instructions {
  readonly defaults: DetectionDefaults;
  readonly overrides: DetectionOverrides;
}

export const SWITCHED_OFF = 'it is switched off for this cluster';

/** What all detectors that read this round make of the look, given what they remember. Pure. */
export function judge(
  round: Round,
  look: ClusterLook,
  remembered: readonly Remembered[],
  { defaults, overrides }: Instructions,
  detectors: readonly Detector[] = DETECTORS,
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const detector of detectors) {
    if (detector.reads !== round) continue;
    const { isEnabled, values } = configOf(detector, defaults, overrides);
    const settings = { ...values, ...defaults.pace[round] };
    for (const { subject, offBecause, evaluate } of subjectsOf(detector, look)) {
      const off = isEnabled ? offBecause() : SWITCHED_OFF;
      if (off !== undefined) {
        verdicts.push({ detector: detector.kind, subject, offBecause: off });
        continue;
      }
      const row = remembered.find((one) => one.detector === detector.kind && one.subject === subject);
      const state = row === undefined ? detector.initial : detector.restore(row.state);
      const evaluation = evaluate(state, settings);
      // Whatever the order of keys: the database has its own.
      const isChanged = !isDeepStrictEqual(evaluation.state, state);
      verdicts.push({ detector: detector.kind, subject, state: evaluation.state, evaluation, isChanged });
    }
  }
  return verdicts;
}

interface Subject {
  readonly subject: string;
  readonly offBecause: () => string | undefined;
  readonly evaluate: (state: unknown, settings: Parameters<Detector['evaluate']>[2]) => Evaluation<unknown>;
}

function subjectsOf(detector: Detector, look: ClusterLook): Subject[] {
  if (detector.scope === 'cluster') {
    return [
      {
        subject: '',
        offBecause: () => detector.offBecause?.(look),
        evaluate: (state, settings) => detector.evaluate(state, look, settings),
      },
    ];
  }
  return look.nodes.map((one) => {
    const nodeLook = { cluster: look.cluster, ...one };
    return {
      subject: one.node.id,
      offBecause: () => detector.offBecause?.(nodeLook),
      evaluate: (state, settings) => detector.evaluate(state, nodeLook, settings),
    };
  });
}
