import { describe, expect, it } from 'vitest';
import type { ClusterDetector, ClusterLook, Detector } from './detector.js';
import type { DetectionDefaults, DetectionOverrides } from './detection-config.js';
import { diskUsage } from './disk-usage.js';
import { DETECTORS } from './detectors.js';
import { clusterConsensus } from './cluster-consensus.js';
import { judge, type Remembered } from './judge.js';
import { toRecordedLook, type RecordedLook } from './recorded-look.js';
import { Replay } from './replay.js';
import { clusterLook, reports, says, silent, START_MS } from './testing/looks.js';

const GAP = { maxGapMs: 90_000 };
const defaults: DetectionDefaults = { values: {}, pace: { gossip: GAP, host: GAP } };

const disk = (seconds: number, usedPercent: number): ClusterLook =>
  clusterLook(seconds, {
    n1: reports({ drives: [{ mount: '/', totalBytes: 1_000, availableBytes: 1_000 - usedPercent * 10 }] }),
  });
const record = (look: ClusterLook, clusterId = 'c1'): RecordedLook =>
  JSON.parse(JSON.stringify(toRecordedLook(clusterId, 'host', look))) as RecordedLook;

/** A disk that fills, gets critical, recovers to a warning, and is emptied. */
const HISTORY = [50, 85, 85, 85, 85, 85, 97, 97, 85, 85, 60, 60].map((percent, index) =>
  disk(index * 30, percent),
);

function replayed(
  looks: readonly RecordedLook[],
  overrides: DetectionOverrides = {},
  detectors: readonly Detector[] = [diskUsage],
) {
  const run = new Replay(defaults, overrides, detectors);
  const all = looks.map((look) => run.take(look));
  const steps = all
    .flatMap(({ transitions }) => transitions)
    .map(
      ({ time, step, severity, repeats }) =>
        `${(time.getTime() - START_MS) / 1_000} ${step} ${severity} ${repeats}`,
    );
  return { run, all, steps };
}

describe('a replay', () => {
  it('names what opened, changed, was repeated and closed', () => {
    expect(replayed(HISTORY.map((look) => record(look))).steps).toEqual([
      '90 opened warning 0',
      '120 repeated warning 1',
      '150 repeated warning 2',
      '180 changed critical 2',
      '210 repeated critical 1',
      '240 changed warning 1',
      '270 repeated warning 1',
      '300 closed warning 1',
    ]);
  });

  it("goes by the cluster's own settings of the time, and by those that are laid over them", () => {
    const own = { 'disk-usage': { threshold: 90, window: '30s' } };
    const looks = HISTORY.map((look) => ({ ...record(look), detection: own }));
    expect(replayed(looks).steps.map((step) => step.split(' ').slice(0, 2).join(' '))).toEqual([
      '210 opened',
      '240 closed',
    ]);
    expect(replayed(looks, { 'disk-usage': { threshold: 99 } }).steps).toEqual([]);
    expect(replayed(looks, { 'disk-usage': { threshold: 80 } }).steps[0]).toBe('60 opened warning 0');
  });

  it('makes the same transitions as the looks made when they were judged', () => {
    const remembered = new Map<string, Remembered>();
    const direct = HISTORY.flatMap((look) =>
      judge('host', look, [...remembered.values()], { defaults, overrides: {} }).flatMap((verdict) => {
        if (!('evaluation' in verdict)) return [];
        remembered.set(verdict.detector + verdict.subject, verdict);
        return verdict.evaluation.transitions;
      }),
    );
    const { all } = replayed(
      HISTORY.map((look) => record(look)),
      {},
      DETECTORS,
    );
    const found = all
      .flatMap(({ transitions }) => transitions)
      .map(({ event, severity, message, nodeId, time }) => ({ event, severity, message, nodeId, time }));
    expect(found).toEqual(direct);
    expect(found.length).toBeGreaterThan(5);
  });

  it('judges by other settings', () => {
    const looks = HISTORY.map((look) => record(look));
    expect(replayed(looks, { 'disk-usage': { threshold: '96', window: '30s' } }).steps).toEqual([
      '210 opened critical 0',
      '240 closed critical 0',
    ]);
    expect(replayed(looks, { 'disk-usage': { enabled: false } }).steps).toEqual([]);
  });

  it('keeps clusters apart', () => {
    const looks = HISTORY.flatMap((look) => [record(look, 'c1'), record(look, 'c2')]);
    const { run, all } = replayed(looks);
    expect(run.summary()[0]).toMatchObject({ opened: 2, closed: 2, stillOpen: 0, looks: 24 });
    expect(all.some(({ isBackInTime }) => isBackInTime)).toBe(false);
  });

  it('says when time goes backwards, and goes on', () => {
    const { all } = replayed([record(disk(60, 50)), record(disk(30, 50)), record(disk(90, 50))]);
    expect(all.map(({ isBackInTime }) => isBackInTime)).toEqual([false, true, false]);
  });

  it('ends what is open of a node that is no more', () => {
    const looks = [...HISTORY.slice(0, 5), clusterLook(150, { n2: reports({}) })].map((look) => record(look));
    const { all, run } = replayed(looks);
    expect(all.at(-1)?.transitions).toMatchObject([
      { step: 'closed', nodeId: 'node-n1', message: expect.stringContaining('removed') },
    ]);
    expect(run.summary()[0]?.stillOpen).toBe(0);
  });

  it('ends what is open of a detector that goes off', () => {
    const consensus = (seconds: number, hosts: readonly string[]) =>
      record(clusterLook(seconds, Object.fromEntries(hosts.map((host) => [host, silent()]))));
    const looks = [0, 30, 60].map((seconds) => ({
      ...consensus(seconds, ['n1', 'n2']),
      round: 'gossip' as const,
    }));
    const base: ClusterDetector<unknown> = clusterConsensus;
    const off = {
      ...base,
      offBecause: ({ nodes }: ClusterLook) => (nodes.length < 2 ? 'it is alone' : undefined),
    };
    const alone = { ...consensus(90, ['n1']), round: 'gossip' as const };
    const { all } = replayed([...looks, alone], {}, [off]);
    expect(all.at(-1)?.transitions).toMatchObject([
      { step: 'closed', nodeId: null, message: expect.stringContaining('it is alone') },
    ]);
  });
});

describe('the summary of a replay', () => {
  const blind = record(
    clusterLook(0, {
      n1: { stats: { at: '2026-01-01T00:00:00Z', ok: false, code: 'timeout', reason: 'n1 is slow.' } },
    }),
  );

  it('tells what was blind or off throughout, and why', () => {
    expect(replayed([blind]).run.summary()).toEqual([
      {
        kind: 'disk-usage',
        looks: 1,
        opened: 0,
        closed: 0,
        stillOpen: 0,
        neverJudged: [
          {
            clusterName: 'orders-db',
            nodeAddress: 'https://n1.example.com:2113',
            status: 'blind',
            reason: expect.any(String),
          },
        ],
      },
    ]);
    const { run } = replayed([blind], { 'disk-usage': { enabled: false } });
    expect(run.summary()[0]?.neverJudged).toMatchObject([{ status: 'off' }]);
  });

  it('leaves out what was blind for a while only', () => {
    expect(replayed([blind, record(disk(30, 50)), blind]).run.summary()[0]?.neverJudged).toEqual([]);
  });

  it('counts no look of another round', () => {
    const gossip = { ...record(clusterLook(0, { n1: says('n1', 'n1 Leader') })), round: 'gossip' as const };
    expect(replayed([gossip]).run.summary()[0]).toMatchObject({ looks: 0, neverJudged: [] });
  });

  it('counts what is still open', () => {
    const { run } = replayed(HISTORY.slice(0, 6).map((look) => record(look)));
    expect(run.summary()[0]).toMatchObject({ opened: 1, closed: 0, stillOpen: 1 });
  });
});
