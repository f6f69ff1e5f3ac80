import { describe, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import type { Memory } from '../stream-sink.js';
import { entryOf, PLACE, windowOf } from './aws-cloud-watch-metrics.engine.fixture.js';
import { packSamples } from './aws-cloud-watch-metrics.pack.js';
import { MAX_SERIES } from './aws-cloud-watch-metrics.series.js';

const T = Date.parse('2026-11-28T10:00:00Z');
const KEY = '["n1","io_bytes","activity","read"]';
const counter = (seconds: number, value: number): NewEntry =>
  entryOf(T + seconds * 1_000, { name: 'io_bytes', labels: { activity: 'read' }, type: 'counter', value });
const pack = (entries: readonly NewEntry[], memory: Memory = {}) =>
  packSamples(windowOf(entries, { memory }), () => true);
const shown = ({ parcels }: ReturnType<typeof pack>) =>
  parcels.flatMap(({ data }) =>
    data.map(({ datum, periodMs, seqs }) => [(periodMs - T) / 60_000, datum.Values, seqs]),
  );

describe('a counter', () => {
  it('goes as its increase in every period, and only begins with its first reading', () => {
    const packing = pack([
      counter(1, 100),
      counter(16, 130),
      counter(31, 140),
      counter(61, 140),
      counter(121, 5),
    ]);
    expect(packing.settled).toEqual([
      { seqs: [1], end: 'coalesced', memory: { [KEY]: { value: 100, timeMs: T + 1_000 } } },
    ]);
    expect(shown(packing)).toEqual([
      [0, [40], [2, 3]],
      [1, [0], [4]],
      [2, [5], [5]],
    ]);
    expect(packing.parcels[0]).toMatchObject({
      lane: 'eventstoredb',
      items: [[2, 3], [4], [5]],
      memory: { [KEY]: { value: 5, timeMs: T + 121_000 } },
      newestMs: T + 121_000,
    });
    expect(packing.parcels[0]?.data[0]?.datum).toEqual({
      MetricName: 'io_bytes',
      Dimensions: [
        { Name: 'Cluster', Value: 'orders-db' },
        { Name: 'Node', Value: 'n1' },
        { Name: 'activity', Value: 'read' },
      ],
      Unit: 'Bytes',
      Values: [40],
    });
  });

  it('goes on from what is remembered, and what grew in a gap is of the period in which it was seen', () => {
    const memory = { [KEY]: { value: 100, timeMs: T - 1_800_000 } };
    expect(shown(pack([counter(1, 130)], memory))).toEqual([[0, [30], [1]]]);
  });

  it('is coalesced when a later reading has been counted, and makes no reset of it', () => {
    const memory = { [KEY]: { value: 100, timeMs: T + 30_000 } };
    expect(pack([counter(1, 90), counter(30, 100)], memory)).toEqual({
      parcels: [],
      settled: [{ seqs: [1, 2], end: 'coalesced' }],
    });
  });

  it('that begins anew after a gap takes its place behind what goes before', () => {
    const memory = { [KEY]: { value: 100, timeMs: T } };
    const packing = pack([counter(1, 110), counter(5_000, 500), counter(5_100, 510)], memory);
    expect(packing.settled).toEqual([]);
    expect(shown(packing)).toEqual([
      [0, [10], [1, 2]],
      [85, [10], [3]],
    ]);
    expect(packing.parcels[0]?.data[0]).toMatchObject({
      memory: { [KEY]: { value: 500 } },
      newestMs: T + 5_000_000,
    });
  });

  it('is rejected when no more of them can be remembered', () => {
    const reading = { value: 1, timeMs: T };
    const memory = Object.fromEntries(
      Array.from({ length: MAX_SERIES }, (_, index) => [`k${index}`, reading]),
    );
    expect(pack([counter(1, 110)], memory).settled).toMatchObject([
      { end: 'rejected', failure: { code: 'too_many_series' } },
    ]);
  });
});

describe('a gauge', () => {
  it('goes with every value of its period, also when it comes late', () => {
    const load = (seconds: number, value: number) =>
      entryOf(T + seconds * 1_000, { name: 'sys_load_avg', labels: { period: '1m' }, value });
    const packing = pack([load(59, 2), load(1, 1), load(60, 3)]);
    expect(shown(packing)).toEqual([
      [0, [1, 2], [2, 1]],
      [1, [3], [3]],
    ]);
    expect(packing.parcels).toMatchObject([{ lane: 'host' }]);
    expect(packing.parcels[0]).not.toHaveProperty('memory');
  });
});

describe('a window', () => {
  it('has a lane for each namespace', () => {
    const packing = pack([entryOf(T, { name: 'host_cores' }), entryOf(T, { name: 'proc_cpu' })]);
    expect(packing.parcels.map(({ lane, seqs }) => [lane, seqs])).toEqual([
      ['eventstoredb', [2]],
      ['host', [1]],
    ]);
  });

  it('lets go of counters that were not seen for long, with whatever is settled first', () => {
    const memory = { old: { value: 1, timeMs: T - 7_200_001 }, young: { value: 1, timeMs: T - 7_000_000 } };
    expect(pack([entryOf(T, {})], memory).parcels).toMatchObject([{ memory: { old: null } }]);
    const broken = { timeMs: T, node: 'n1', level: null, body: '' } as const;
    const both = pack([broken, entryOf(T, {})], memory);
    expect(both.settled).toMatchObject([{ end: 'rejected', memory: { old: null } }]);
    expect(both.parcels[0]).not.toHaveProperty('memory');
    // Nobody knows what is still to come.
    expect(pack([broken], memory).settled[0]).not.toHaveProperty('memory');
  });

  it('is packed out of nothing into nothing', () => {
    expect(
      packSamples({ place: PLACE, entries: [], memory: {}, now: new Date(T), isAll: true }, () => true),
    ).toEqual({
      parcels: [],
      settled: [],
    });
  });
});
