import type { ClusterLook, Detector } from './detector.js';
import type { Verdict } from './judge.js';
import type { RecordedLook } from './recorded-look.js';

/** A subject that a detector never judged: off, or blind, in every look; with the latest reason, a clause. */
export interface NeverJudged {
  readonly clusterName: string;
  /** Null for the whole cluster. */
  readonly nodeAddress: string | null;
  readonly status: 'off' | 'blind';
  readonly reason: string;
}

/** What became of one kind over a whole recording. */
export interface KindSummary {
  readonly kind: string;
  /** Looks of the round that the detector reads; without any it could not judge at all. */
  readonly looks: number;
  readonly opened: number;
  readonly closed: number;
  readonly stillOpen: number;
  readonly neverJudged: readonly NeverJudged[];
}

interface Tally {
  readonly detector: Detector;
  looks: number;
  opened: number;
  closed: number;
  /** By cluster and subject; undefined once it has judged. */
  readonly subjects: Map<string, NeverJudged | undefined>;
}

/** Counts along with a replay. Internal to it. */
export class ReplaySummary {
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(detectors: readonly Detector[]) {
    this.#tallies = new Map(
      detectors.map((detector) => [
        detector.kind,
        { detector, looks: 0, opened: 0, closed: 0, subjects: new Map() },
      ]),
    );
  }

  see(recorded: RecordedLook, look: ClusterLook, verdicts: readonly Verdict[]): void {
    for (const tally of this.#tallies.values()) if (tally.detector.reads === recorded.round) tally.looks += 1;
    for (const verdict of verdicts) {
      const tally = this.#tallies.get(verdict.detector);
      if (tally === undefined) continue;
      const key = JSON.stringify([recorded.clusterId, verdict.subject]);
      if (tally.subjects.has(key) && tally.subjects.get(key) === undefined) continue;
      tally.subjects.set(key, whyNotJudged(tally.detector, look, verdict));
    }
  }

  /** `step` as in a replayed transition. */
  count(kind: string, step: string): void {
    const tally = this.#tallies.get(kind);
    if (tally === undefined) return;
    if (step === 'opened') tally.opened += 1;
    if (step === 'closed') tally.closed += 1;
  }

  kinds(): KindSummary[] {
    return [...this.#tallies.values()].map(({ detector: { kind }, looks, opened, closed, subjects }) => ({
      kind,
      looks,
      opened,
      closed,
      stillOpen: opened - closed,
      neverJudged: [...subjects.values()].filter((one) => one !== undefined),
    }));
  }
}

function whyNotJudged(detector: Detector, look: ClusterLook, verdict: Verdict): NeverJudged | undefined {
  const one = look.nodes.find(({ node }) => node.id === verdict.subject);
  const place = { clusterName: look.cluster.name, nodeAddress: one?.node.address ?? null };
  if ('offBecause' in verdict) return { ...place, status: 'off', reason: verdict.offBecause };
  const reason = blindBecause(detector, look, one);
  return reason === undefined ? undefined : { ...place, status: 'blind', reason };
}

function blindBecause(
  detector: Detector,
  look: ClusterLook,
  one: ClusterLook['nodes'][number] | undefined,
): string | undefined {
  if (detector.scope === 'cluster') return detector.blindBecause(look);
  return one && detector.blindBecause({ cluster: look.cluster, ...one });
}
