import type { ClusterLook, Evaluation, NodeLook, Transition } from '../detector.js';
import { START_MS } from './looks.js';

export type Look = NodeLook | ClusterLook;

/** A detector as far as a history of one subject is concerned. */
export interface Rule<Given extends Look, State, Settings> {
  readonly initial: State;
  restore(json: unknown): State;
  evaluate(state: State, look: Given, settings: Settings): Evaluation<State>;
}

export const toJsonAndBack = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * The detector over a history of one subject, from stored state or from nothing. `restoresAt` says before which looks
 * (by index) the process is restarted: the state goes through JSON there.
 */
export function runDetector<Given extends Look, State, Settings>(
  detector: Rule<Given, State, Settings>,
  looks: readonly Given[],
  settings: Settings,
  { stored, restoresAt = () => false }: { stored?: unknown; restoresAt?: (index: number) => boolean } = {},
) {
  let state = stored === undefined ? detector.initial : detector.restore(stored);
  const evaluations: Evaluation<State>[] = [];
  for (const [index, look] of looks.entries()) {
    if (restoresAt(index)) state = detector.restore(toJsonAndBack(state));
    const evaluation = detector.evaluate(state, look, settings);
    evaluations.push(evaluation);
    state = evaluation.state;
  }
  const transitions: Transition[] = evaluations.flatMap((evaluation) => evaluation.transitions);
  return { state, evaluations, transitions };
}

/** What came out, in short: `60 open warning`, the seconds being those of the transition's time. */
export const inShort = ({ transitions }: { readonly transitions: readonly Transition[] }): string[] =>
  transitions.map(
    ({ event, severity, time }) => `${(time.getTime() - START_MS) / 1_000} ${event} ${severity}`,
  );
