import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, type NewEntry } from '../../domain/index.js';
import {
  expectAccounted,
  expectOrdered,
  expectSound,
  windowOf,
} from '../../testing/stream-conformance.windows.js';
import { packLines } from './aws-cloud-watch-logs.pack.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const line = (change: Partial<NewEntry> = {}): NewEntry => ({
  timeMs: NOW.getTime(),
  node: 'n1',
  level: 'info',
  body: 'text',
  ...change,
});
const pack = (entries: readonly NewEntry[], minimumLevel: (typeof LOG_LEVELS)[number] = 'trace') =>
  packLines(windowOf(entries, NOW), minimumLevel);

describe('a window of lines', () => {
  it('becomes batches of each node, in the order of time, each naming its stream', () => {
    const times = [3, 1, 2, 1];
    const { parcels, settled, waitUntil } = pack([
      ...times.map((ms) => line({ timeMs: NOW.getTime() + ms, node: 'n1:2113' })),
      line({ node: 'n2' }),
    ]);
    expect(parcels).toMatchObject([
      { lane: 'n1:2113', stream: 'orders-db/n1%3A2113', seqs: [2, 4, 3, 1], newestMs: NOW.getTime() + 3 },
      { lane: 'n2', stream: 'orders-db/n2', seqs: [5] },
    ]);
    expect(parcels[0]!.events.map(({ timestamp }) => timestamp - NOW.getTime())).toEqual([1, 1, 2, 3]);
    expect([settled, waitUntil]).toEqual([[], undefined]);
  });

  it('is settled without a call where AWS would take no line, some minutes before it would', () => {
    const at = (ms: number): NewEntry => line({ timeMs: NOW.getTime() + ms });
    const edges = [-14 * DAY_MS + 5 * MINUTE_MS, 115 * MINUTE_MS];
    const beyond = [edges[0]! - 1, edges[1]! + 1, 0, NaN, -Infinity, Infinity];
    expect(pack(edges.map(at)).settled).toEqual([]);
    const { parcels, settled } = pack(beyond.map(at));
    expect(parcels.flatMap(({ seqs }) => seqs)).toEqual([3]);
    expect(settled).toEqual([
      { seqs: [1, 4, 5], end: 'rejected', failure: expect.objectContaining({ code: 'too_old' }) },
      { seqs: [2, 6], end: 'rejected', failure: expect.objectContaining({ code: 'too_new' }) },
    ]);
  });

  it('leaves out what is milder than wanted, and nothing that has no level', () => {
    const entries = [...LOG_LEVELS, null].map((level) => line({ level }));
    const { parcels, settled } = pack(entries, 'warn');
    expect(parcels.flatMap(({ seqs }) => seqs)).toEqual([4, 5, 6, 7]);
    expect(settled).toEqual([{ seqs: [1, 2, 3], end: 'suppressed' }]);
    expect(pack(entries).settled).toEqual([]);
  });

  it('is accounted for, whatever is in it', () => {
    const entry = fc.record({
      timeMs: fc.integer({ min: -16 * DAY_MS, max: DAY_MS / 6 }).map((ms) => NOW.getTime() + ms),
      node: fc.constantFrom('', 'n1', 'n1:2113', 'n2'),
      level: fc.constantFrom(...LOG_LEVELS, null),
      body: fc.constantFrom('', '{}', 'text', 'é'.repeat(300_000)),
    });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 30 }),
        fc.constantFrom(...LOG_LEVELS),
        (entries, minimumLevel) => {
          const window = windowOf(entries, NOW);
          const packing = packLines(window, minimumLevel);
          expectAccounted(packing, window);
          expectOrdered(packing.parcels);
          for (const parcel of packing.parcels) {
            expectSound(parcel, window);
            expect(new Set(parcel.seqs.map((seq) => window.entries[seq - 1]!.node))).toEqual(
              new Set([parcel.lane]),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
