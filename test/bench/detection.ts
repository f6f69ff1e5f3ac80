import {
  DETECTORS,
  judge,
  type ClusterLook,
  type DetectionDefaults,
  type Detector,
  type GossipMember,
  type Remembered,
  type Round,
} from '../../libs/detection/index.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const NODES = 3;
/** One cluster in so many is ill in some way, so that detectors have something to remember and to say. */
const ILL_ONE_IN = 50;

/** A detector that finds nothing, to see what the frame around the rules costs. */
const idle = (detector: Detector): Detector => ({
  ...detector,
  settings: {},
  initial: null,
  restore: () => null,
  offBecause: () => undefined,
  evaluate: (state: unknown) => ({ state, transitions: [] }),
});

export interface DetectionFigures {
  readonly clusters: number;
  readonly evaluationsPerSecond: number;
  /** The same with detectors that do nothing. */
  readonly floorPerSecond: number;
  readonly transitions: number;
  /** Of all that the detectors remember, as it is stored. */
  readonly stateBytes: number;
  readonly stateHeapBytes: number;
}

/** Rounds of simulated clusters of three nodes through all detectors, state kept as JSON between them as the database would. */
export function measureDetection(
  clusters: number,
  rounds: number,
  defaults: DetectionDefaults,
): DetectionFigures {
  const floor = run(clusters, rounds, defaults, DETECTORS.map(idle));
  const real = run(clusters, rounds, defaults, DETECTORS);
  return {
    clusters,
    evaluationsPerSecond: real.evaluations / real.seconds,
    floorPerSecond: floor.evaluations / floor.seconds,
    transitions: real.transitions,
    stateBytes: real.states.reduce((sum, state) => sum + state.length, 0),
    stateHeapBytes: real.heapBytes,
  };
}

function run(clusters: number, rounds: number, defaults: DetectionDefaults, detectors: readonly Detector[]) {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const states: string[] = [];
  let evaluations = 0;
  let transitions = 0;
  let seconds = 0;
  for (let round = 0; round < rounds; round += 1) {
    const kind: Round = round % 3 === 0 ? 'gossip' : 'host';
    for (let cluster = 0; cluster < clusters; cluster += 1) {
      const look = lookOf(cluster, round, kind);
      const begun = performance.now();
      const remembered = JSON.parse(states[cluster] ?? '[]') as Remembered[];
      const verdicts = judge(kind, look, remembered, { defaults, overrides: {} }, detectors);
      const next = remembered.filter((one) => !verdicts.some((verdict) => isSame(one, verdict)));
      for (const verdict of verdicts) {
        evaluations += 1;
        if (!('evaluation' in verdict)) continue;
        transitions += verdict.evaluation.transitions.length;
        next.push({ detector: verdict.detector, subject: verdict.subject, state: verdict.state });
      }
      states[cluster] = JSON.stringify(next);
      seconds += (performance.now() - begun) / 1_000;
    }
  }
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  return { evaluations, transitions, seconds, states, heapBytes };
}

const isSame = (one: Remembered, other: Pick<Remembered, 'detector' | 'subject'>): boolean =>
  one.detector === other.detector && one.subject === other.subject;

function lookOf(cluster: number, round: number, kind: Round): ClusterLook {
  const atMs = START_MS + round * 10_000 + cluster;
  const at = new Date(atMs).toISOString();
  const isIll = cluster % ILL_ONE_IN === 0;
  const nodes = Array.from({ length: NODES }, (_, index) => {
    const node = {
      id: `${cluster}-${index}`,
      address: `https://n${index}.example.com:2113`,
      cores: 4,
      memoryBytes: null,
    };
    const observations =
      kind === 'host'
        ? { stats: { at, ok: true as const, value: hostFigures(isIll) } }
        : {
            gossip: {
              at,
              ok: true as const,
              value: { members: members(index, round, isIll), self: `n${index}.example.com:2113` },
            },
          };
    return { node, observations };
  });
  return { cluster: { name: `cluster-${cluster}` }, at: new Date(atMs), nodes };
}

const hostFigures = (isIll: boolean) => ({
  drives: [{ mount: '/data', totalBytes: 1e12, availableBytes: isIll ? 1e11 : 6e11 }],
  memory: { totalBytes: 16e9, freeBytes: isIll ? 1e9 : 8e9 },
  loadAverage1m: isIll ? 9 : 1.2,
});

/** The ill ones have a leader that changes and a node that its second peer does not see. */
const members = (observer: number, round: number, isIll: boolean): GossipMember[] =>
  Array.from({ length: NODES }, (_, index) => ({
    endpoint: `n${index}.example.com:2113`,
    state: index === (isIll ? Math.floor(round / 6) % NODES : 0) ? 'Leader' : 'Follower',
    isAlive: !(isIll && observer === 1 && index === 2),
    isReadOnlyReplica: false,
    writerCheckpoint: 1_000_000 + round * 500,
    epochNumber: isIll ? Math.floor(round / 6) : 3,
    version: '24.10.4',
  }));
