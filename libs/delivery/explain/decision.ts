/** What was looked at on the way from an issue to a sink. */
export type DecisionStep =
  | 'source'
  | 'sink'
  | 'drill'
  | 'owed'
  | 'filter'
  | 'silence'
  | 'window'
  | 'held'
  | 'storm'
  | 'health'
  | 'throttle'
  | 'verdict'
  | 'shown'
  | 'ended'
  | 'interval'
  | 'pace'
  | 'attempt'
  | 'ledger'
  | 'next';

/** One thing that was looked at; `ok` is false where it keeps the issue from its sink, or did so then. */
export interface Decision {
  readonly step: DecisionStep;
  /** When it was so, or will be. */
  readonly at?: string;
  readonly ok: boolean;
  /** A sentence that a person can act on. */
  readonly text: string;
}

export const decision = (step: DecisionStep, ok: boolean, text: string, at?: Date | null): Decision => ({
  step,
  ...(at ? { at: at.toISOString() } : {}),
  ok,
  text,
});
