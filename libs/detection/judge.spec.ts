import { describe, expect, it } from 'vitest';
import { clusterConsensus } from './cluster-consensus.js';
import { coreLoad } from './core-load.js';
import type { DetectionDefaults, DetectionOverrides } from './detection-config.js';
import type { ClusterDetector, ClusterLook, Detector } from './detector.js';
import { diskUsage } from './disk-usage.js';
import { judge, SWITCHED_OFF, type Judged, type Remembered, type Verdict } from './judge.js';
import type { NodeObservations } from './observation.js';
import { clusterLook, failed, nodeOf, reports, says, silent } from './testing/looks.js';

const defaults: DetectionDefaults = {
  values: { 'core-load': { threshold: 2, closeWindowMs: 60_000 } },
  pace: { gossip: { maxGapMs: 90_000 }, host: { maxGapMs: 45_000 } },
};
const detectors = [clusterConsensus, coreLoad, diskUsage];

/** The nodes n1 (4 cores), n2 (no core count), … with these host figures. */
function hostLook(seconds: number, ...nodes: readonly NodeObservations[]): ClusterLook {
  const look = clusterLook(seconds, Object.fromEntries(nodes.map((one, index) => [`n${index + 1}`, one])));
  const [first, ...others] = look.nodes;
  return first === undefined
    ? look
    : { ...look, nodes: [{ ...first, node: nodeOf('n1', { cores: 4 }) }, ...others] };
}

const judged = (
  look: ClusterLook,
  remembered: readonly Remembered[] = [],
  overrides: DetectionOverrides = {},
) => judge('host', look, remembered, { defaults, overrides }, detectors);
/** In short: kind, subject, and the reason for being off or the events. */
const inShort = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map((verdict) => {
    const what =
      'offBecause' in verdict
        ? verdict.offBecause
        : [
            ...verdict.evaluation.transitions.map(({ event }) => event),
            ...(verdict.isChanged ? ['changed'] : []),
          ].join(' ');
    return `${verdict.detector} ${verdict.subject}: ${what}`;
  });
const busy = reports({ loadAverage1m: 9 });
const idle = reports({ loadAverage1m: 1 });

describe('a round is judged', () => {
  it('by those detectors that read it, node by node', () => {
    expect(inShort(judged(hostLook(0, busy, busy)))).toEqual([
      'core-load node-n1: open changed',
      'core-load node-n2: no core count is given for this node',
      'disk-usage node-n1: ',
      'disk-usage node-n2: ',
    ]);
  });

  it('once for a rule about the whole cluster', () => {
    const look = clusterLook(0, { n1: says('n1', 'n1 Leader'), n2: silent() });
    const verdicts = judge('gossip', look, [], { defaults, overrides: {} }, detectors);
    expect(inShort(verdicts)).toEqual(['cluster-consensus : changed']);
    expect((verdicts[0] as Judged).evaluation.lookAgainAfterMs).toBe(10_000);
  });

  it('by what is remembered of the same detector and subject', () => {
    const open = { detector: 'core-load', subject: 'node-n1', state: { open: { sinceMs: 0, below: null } } };
    const closes = { 'core-load': { closeWindow: '0s' } };
    expect(inShort(judged(hostLook(0, idle), [open], closes))[0]).toBe('core-load node-n1: closed changed');
    const others = [
      { ...open, subject: 'node-n2' },
      { ...open, detector: 'memory-usage' },
    ];
    expect(inShort(judged(hostLook(0, idle), others, closes))[0]).toBe('core-load node-n1: ');
  });

  it('without a change where only the order differs in which the database keeps it', () => {
    const detector: Detector = {
      ...(clusterConsensus as ClusterDetector<unknown>),
      restore: (json) => json,
      evaluate: () => ({ state: { b: 1, a: 2 }, transitions: [] }),
    };
    const remembered = [{ detector: detector.kind, subject: '', state: { a: 2, b: 1 } }];
    const look = clusterLook(0, { n1: silent() });
    const [verdict] = judge('gossip', look, remembered, { defaults, overrides: {} }, [detector]);
    expect(verdict).toMatchObject({ isChanged: false });
  });

  it('as from the beginning where what is remembered cannot be read', () => {
    const spoilt = { detector: 'core-load', subject: 'node-n1', state: { open: 'sesame' } };
    expect(inShort(judged(hostLook(0, busy), [spoilt]))[0]).toBe('core-load node-n1: open changed');
  });

  it('without any effect where nothing is known', () => {
    const state = { open: { sinceMs: 0, below: null } };
    const [verdict] = judged(hostLook(0, { stats: failed('timeout') }), [
      { detector: 'core-load', subject: 'node-n1', state },
    ]);
    expect(verdict).toMatchObject({ state, isChanged: false, evaluation: { transitions: [] } });
  });

  it('not at all in a cluster without nodes, but for the cluster itself', () => {
    expect(judged(hostLook(0))).toEqual([]);
    const verdicts = judge('gossip', clusterLook(0, {}), [], { defaults, overrides: {} }, detectors);
    expect(inShort(verdicts)).toEqual(['cluster-consensus : ']);
  });
});

describe("a cluster's own settings", () => {
  it('switch a detector off, whatever it remembers', () => {
    const off = { 'core-load': { enabled: false } };
    const open = { detector: 'core-load', subject: 'node-n1', state: { open: { sinceMs: 0, below: null } } };
    expect(judged(hostLook(0, busy), [open], off)[0]).toEqual({
      detector: 'core-load',
      subject: 'node-n1',
      offBecause: SWITCHED_OFF,
    });
    expect(inShort(judged(hostLook(0, busy, busy), [], off))[1]).toBe(`core-load node-n2: ${SWITCHED_OFF}`);
  });

  it('come before those of the hub', () => {
    expect(inShort(judged(hostLook(0, busy), [], { 'core-load': { threshold: 3 } }))[0]).toBe(
      'core-load node-n1: ',
    );
  });
});

it("gives each round's detectors the pace of that round", () => {
  const gap = (seconds: number) => {
    const before = judged(
      hostLook(0, reports({ drives: [{ mount: '/', totalBytes: 100, availableBytes: 1 }] })),
    );
    const look = hostLook(seconds, reports({ drives: [{ mount: '/', totalBytes: 100, availableBytes: 1 }] }));
    const overrides = { 'disk-usage': { window: '10s' } };
    const remembered = before.flatMap((verdict) => ('state' in verdict ? [verdict] : []));
    return inShort(judged(look, remembered, overrides)).at(-1);
  };
  expect(gap(45)).toBe('disk-usage node-n1: open changed');
  expect(gap(46)).toBe('disk-usage node-n1: changed');
});
