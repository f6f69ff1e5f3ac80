import type { Severity } from '../domain/index.js';
import type { ClusterLook, Detector, Transition } from './detector.js';
import type { DetectionDefaults, DetectionOverrides } from './detection-config.js';
import { DETECTORS } from './detectors.js';
import { judge, type Remembered, type Verdict } from './judge.js';
import { describeOff } from './off-message.js';
import { fromRecordedLook, type RecordedLook } from './recorded-look.js';
import { ReplaySummary, type KindSummary } from './replay-summary.js';

/** A transition with its place, and what it means for its issue. */
export interface ReplayedTransition extends Transition {
  readonly kind: string;
  readonly clusterId: string;
  readonly clusterName: string;
  /** Of the node of `nodeId`. */
  readonly nodeAddress: string | null;
  /** `opened` is an issue's first `open`, `changed` one of another severity than before, `repeated` any other. */
  readonly step: 'opened' | 'changed' | 'repeated' | 'closed';
  /** How many `repeated` ones there were since the last that was none. */
  readonly repeats: number;
}

interface OpenIssue {
  readonly severity: Severity;
  readonly repeats: number;
}

/** What is remembered of one cluster, as the database would. */
interface ClusterMemory {
  readonly states: Map<string, Remembered>;
  readonly open: Map<string, OpenIssue>;
  lastMs: number;
}

/**
 * The detectors over a recording: the same transitions as when the looks were judged, or those that other settings would
 * have made. Clusters are kept apart by their id. Looks are taken as they come, in the order of the recording.
 */
export class Replay {
  readonly #clusters = new Map<string, ClusterMemory>();
  readonly #summary: ReplaySummary;
  readonly #defaults: DetectionDefaults;
  readonly #overrides: DetectionOverrides;
  readonly #detectors: readonly Detector[];

  /** `overrides` are laid over the clusters' own settings, which are part of the recording. */
  constructor(
    defaults: DetectionDefaults,
    overrides: DetectionOverrides = {},
    detectors: readonly Detector[] = DETECTORS,
  ) {
    this.#defaults = defaults;
    this.#overrides = overrides;
    this.#detectors = detectors;
    this.#summary = new ReplaySummary(detectors);
  }

  /** Judges one look. `isBackInTime` when an earlier one of the same cluster was later. */
  take(recorded: RecordedLook): { transitions: ReplayedTransition[]; isBackInTime: boolean } {
    const look = fromRecordedLook(recorded);
    const memory = this.memoryOf(recorded.clusterId);
    const isBackInTime = look.at.getTime() < memory.lastMs;
    memory.lastMs = Math.max(memory.lastMs, look.at.getTime());
    const verdicts = judge(
      recorded.round,
      look,
      [...memory.states.values()],
      { defaults: this.#defaults, overrides: layered(recorded.detection, this.#overrides) },
      this.#detectors,
    );
    this.#summary.see(recorded, look, verdicts);
    const transitions = [
      ...endOfRemoved(memory, look),
      ...verdicts.flatMap((one) => settle(memory, look, one)),
    ];
    const replayed = transitions.map((transition) => replay(memory, recorded, transition));
    for (const { kind, step } of replayed) this.#summary.count(kind, step);
    return { transitions: replayed, isBackInTime };
  }

  summary(): KindSummary[] {
    return this.#summary.kinds();
  }

  private memoryOf(clusterId: string): ClusterMemory {
    const memory = this.#clusters.get(clusterId) ?? { states: new Map(), open: new Map(), lastMs: -Infinity };
    this.#clusters.set(clusterId, memory);
    return memory;
  }
}

function layered(lower: DetectionOverrides, upper: DetectionOverrides): DetectionOverrides {
  const over = Object.entries(upper).map(([kind, own]) => [kind, { ...lower[kind], ...own }]);
  return { ...lower, ...(Object.fromEntries(over) as DetectionOverrides) };
}

type Found = Transition & { readonly kind: string };

const keyOf = (kind: string, subject: string): string => JSON.stringify([kind, subject]);
const partsOf = (key: string): [kind: string, subject: string] => JSON.parse(key) as [string, string];

/** Remembers what the verdict says. A detector that is off forgets, and what is open of it ends. */
function settle(memory: ClusterMemory, look: ClusterLook, verdict: Verdict): Found[] {
  const { detector: kind, subject } = verdict;
  const key = keyOf(kind, subject);
  if ('evaluation' in verdict) {
    memory.states.set(key, { detector: kind, subject, state: verdict.state });
    return verdict.evaluation.transitions.map((transition) => ({ ...transition, kind }));
  }
  memory.states.delete(key);
  return closing(memory, look, key, describeOff(verdict, look));
}

/** A node that a look does not have any more was removed from the cluster. */
function endOfRemoved(memory: ClusterMemory, look: ClusterLook): Found[] {
  const present = new Set(['', ...look.nodes.map(({ node }) => node.id)]);
  const isGone = (key: string): boolean => !present.has(partsOf(key)[1]);
  for (const key of [...memory.states.keys()].filter(isGone)) memory.states.delete(key);
  const gone = [...memory.open.keys()].filter(isGone);
  return gone.flatMap((key) =>
    closing(memory, look, key, 'Closed, but not seen to end: the node was removed from the cluster.'),
  );
}

function closing({ open }: ClusterMemory, { at: time }: ClusterLook, key: string, message: string): Found[] {
  const issue = open.get(key);
  if (issue === undefined) return [];
  const [kind, subject] = partsOf(key);
  const nodeId = subject === '' ? null : subject;
  return [{ kind, event: 'closed', severity: issue.severity, message, nodeId, time }];
}

function replay(memory: ClusterMemory, recorded: RecordedLook, transition: Found): ReplayedTransition {
  const { kind, nodeId, event, severity } = transition;
  const key = keyOf(kind, nodeId ?? '');
  const issue = memory.open.get(key);
  const step = stepOf(issue, transition);
  const repeats = issue?.repeats ?? 0;
  if (event === 'closed') memory.open.delete(key);
  else memory.open.set(key, { severity, repeats: step === 'repeated' ? repeats + 1 : 0 });
  return {
    ...transition,
    clusterId: recorded.clusterId,
    clusterName: recorded.cluster.name,
    nodeAddress: recorded.nodes.find(({ node }) => node.id === nodeId)?.node.address ?? null,
    step,
    repeats: step === 'repeated' ? repeats + 1 : repeats,
  };
}

function stepOf(issue: OpenIssue | undefined, { event, severity }: Transition): ReplayedTransition['step'] {
  if (event === 'closed') return 'closed';
  if (issue === undefined) return 'opened';
  return issue.severity === severity ? 'repeated' : 'changed';
}
