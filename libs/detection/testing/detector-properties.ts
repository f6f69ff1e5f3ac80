import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterLook, Evaluation } from '../detector.js';
import type { NodeObservations } from '../observation.js';
import { failed } from './looks.js';
import { runDetector, toJsonAndBack, type Look, type Rule } from './run-detector.js';

interface Options {
  /** How many histories each sentence is tried on; below five seconds in all, please. */
  readonly numRuns?: number;
  /** A failed query is the condition itself (DESIGN §5), so that failures do change something. */
  readonly isFailureCondition?: boolean;
}

/**
 * What is true of every detector over every history, as tests; call it once in the detector's spec:
 *
 *     describeDetectorProperties(leaderMismatch, episodes(situations, toLook), settings);
 *
 * `histories` are looks at one subject in the order in which they were made (`episodes` draws such); a good arbitrary
 * leads into and out of the condition, has failed queries, gaps and steps of the clock. `settings` are the values with
 * the pace, as `evaluate` takes them. Every transition must be equal in full, so messages must not depend on the order
 * in which nodes, members or drives are listed.
 */
export function describeDetectorProperties<Given extends Look, State, Settings>(
  detector: Rule<Given, State, Settings>,
  histories: fc.Arbitrary<readonly Given[]>,
  settings: Settings,
  { numRuns = 2_000, isFailureCondition = false }: Options = {},
): void {
  const transitionsOf = (looks: readonly Given[]) => runDetector(detector, looks, settings).transitions;
  const dice = fc.noShrink(fc.infiniteStream(fc.nat(1_000)));
  const forAll = <Values extends [unknown, ...unknown[]]>(
    arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
    predicate: (...values: Values) => void,
  ) => {
    fc.assert(fc.property(...arbitraries, predicate), { numRuns });
  };

  describe('over any history', () => {
    it('is never closed without having been opened, and has one open issue at most', () => {
      forAll([histories], (looks) => {
        const { evaluations } = runDetector(detector, looks, settings);
        let isOpen = false;
        for (const [index, evaluation] of evaluations.entries()) {
          isOpen = expectOneStep(evaluation, isOpen, looks[index]!);
        }
      });
    });

    it('ends as it would have without restarts', () => {
      forAll([histories, dice], (looks, thrown) => {
        const restarted = runDetector(detector, looks, settings, {
          restoresAt: () => Number(thrown.next().value) % 2 === 0,
        });
        expect(restarted).toEqual(runDetector(detector, looks, settings));
      });
    });

    it('does not depend on the order of nodes, members or drives', () => {
      forAll([histories, dice], (looks, thrown) => {
        const mixed = looks.map((look) => shuffled(look, () => Number(thrown.next().value)));
        expect(transitionsOf(mixed)).toEqual(transitionsOf(looks));
      });
    });

    it('starts from stored state, whatever it is', () => {
      forAll([fc.oneof(fc.jsonValue(), fc.anything()), histories], (garbage, looks) => {
        expect(() => runDetector(detector, looks, settings, { stored: garbage })).not.toThrow();
      });
    });

    it('starts from a stored state of which a part is spoilt', () => {
      forAll([histories, fc.jsonValue(), dice], (looks, garbage, thrown) => {
        const { state } = runDetector(detector, looks, settings);
        const stored = spoilt(toJsonAndBack(state), garbage, () => Number(thrown.next().value));
        expect(() => runDetector(detector, looks, settings, { stored: stored ?? null })).not.toThrow();
      });
    });

    if (isFailureCondition) return;
    it('is neither better nor worse by looks at which every query failed', () => {
      forAll([histories, dice], (looks, thrown) => {
        const failures = new Set<Given>();
        const among = looks.flatMap((look) => {
          if (Number(thrown.next().value) % 3 > 0) return [look];
          const failure = allFailed(look);
          failures.add(failure);
          return [failure, look];
        });
        const { evaluations, transitions } = runDetector(detector, among, settings);
        expect(transitions).toEqual(transitionsOf(looks));
        const ofFailures = evaluations.filter((_, index) => failures.has(among[index]!));
        expect(ofFailures.flatMap((evaluation) => evaluation.transitions)).toEqual([]);
      });
    });
  });
}

/** What any single evaluation keeps to; tells whether the issue is open after it. */
function expectOneStep(evaluation: Evaluation<unknown>, isOpen: boolean, look: Look): boolean {
  const { state, transitions } = evaluation;
  expect(toJsonAndBack(state)).toEqual(state);
  expect(transitions.length).toBeLessThanOrEqual(1);
  const [transition] = transitions;
  if (transition === undefined) return isOpen;
  if (transition.event === 'closed') expect(isOpen).toBe(true);
  expect(transition.nodeId).toBe('node' in look ? look.node.id : null);
  expect(transition.message).toContain(look.cluster.name);
  expect(transition.message).not.toMatch(/\b(undefined|NaN|null|Infinity)\b|\[object/);
  return transition.event === 'open';
}

const observationsFailed = (observations: NodeObservations): NodeObservations =>
  Object.fromEntries(
    Object.entries(observations).map(([endpoint, { at }]) => [endpoint, { ...failed('timeout'), at }]),
  );

/** The look with the same questions at the same times, but no answer to any. */
function allFailed<Given extends Look>(look: Given): Given {
  if ('node' in look) return { ...look, observations: observationsFailed(look.observations) };
  const nodes = look.nodes.map((one) => ({ ...one, observations: observationsFailed(one.observations) }));
  return { ...look, nodes };
}

type Throw = () => number;

const mix = <Item>(items: readonly Item[], dice: Throw): Item[] =>
  items
    .map((item) => ({ item, place: dice() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);

function shuffled<Given extends Look>(look: Given, dice: Throw): Given {
  if ('node' in look) return { ...look, observations: observationsShuffled(look.observations, dice) };
  const nodes = mix<ClusterLook['nodes'][number]>(look.nodes, dice).map((one) => ({
    ...one,
    observations: observationsShuffled(one.observations, dice),
  }));
  return { ...look, nodes };
}

function observationsShuffled(observations: NodeObservations, dice: Throw): NodeObservations {
  const { gossip, stats, metrics } = observations;
  const host = <Answer extends typeof stats>(answer: Answer) =>
    answer?.ok ? { ...answer, value: { ...answer.value, drives: mix(answer.value.drives, dice) } } : answer;
  return {
    ...observations,
    ...(gossip?.ok && {
      gossip: { ...gossip, value: { ...gossip.value, members: mix(gossip.value.members, dice) } },
    }),
    ...(stats && { stats: host(stats) }),
    ...(metrics && { metrics: host(metrics) }),
  };
}

/** The JSON with one of its values, somewhere within, replaced. */
function spoilt(json: unknown, garbage: unknown, dice: Throw): unknown {
  if (typeof json !== 'object' || json === null || dice() % 4 === 0) return garbage;
  const entries = Object.entries(json);
  const [key, value] = entries[dice() % Math.max(entries.length, 1)] ?? ['', null];
  const changed = { ...json, [key]: spoilt(value, garbage, dice) };
  return Array.isArray(json) ? Object.values(changed) : changed;
}
