import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/index.js';
import { START_MS } from '../detection/testing/looks.js';
import type { KeptObservation } from '../persistence/index.js';
import { ObservationsService } from './observations.service.js';

const ROWS: KeptObservation[] = Array.from({ length: 120 }, (_, index) => ({
  clusterId: 'c1',
  round: 'host',
  at: new Date(START_MS + index),
  look: { cluster: { name: 'orders-db' }, nodes: [] },
}));

/** Over rows in memory; `reads` counts the pages. */
function serviceOver({ failsAtRead = Infinity } = {}) {
  let reads = 0;
  const page = (_db: unknown, _range: unknown, { limit, after }: { limit: number; after?: { at: Date } }) => {
    reads += 1;
    if (reads >= failsAtRead) return Promise.reject(new Error('the database is away'));
    const rest = ROWS.filter(({ at }) => after === undefined || at > after.at);
    return Promise.resolve(rest.slice(0, limit));
  };
  const logged: string[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  const clusters = { exists: () => Promise.resolve(true) };
  const service = new ObservationsService(
    {} as never,
    clusters as never,
    { page } as never,
    new ManualClock(),
    logger,
  );
  return { lines: () => service.lines('p1', 'c1', { limit: 50 }), reads: () => reads, logged };
}

describe('observations as lines', () => {
  it('are read page by page, as they are taken', async () => {
    const { lines, reads } = serviceOver();
    let taken = 0;
    for await (const line of await lines()) {
      taken += 1;
      expect(reads()).toBe(Math.ceil(taken / 50));
      expect(line.endsWith('}\n')).toBe(true);
    }
    expect(taken).toBe(ROWS.length);
  });

  it('are read no further when nobody takes them', async () => {
    const { lines, reads } = serviceOver();
    const iterator = (await lines())[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ done: false });
    await iterator.return?.();
    expect(reads()).toBe(1);
  });

  it('fail before the first line when the database is away, and in the middle, which is logged, when it goes away', async () => {
    await expect(serviceOver({ failsAtRead: 1 }).lines()).rejects.toThrow('away');
    const { lines, logged } = serviceOver({ failsAtRead: 2 });
    const broken = await lines();
    const read = async () => {
      for await (const line of broken) expect(line).not.toBe('');
    };
    await expect(read()).rejects.toThrow('away');
    expect(logged.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        event: 'observations.export_failed',
        clusterId: 'c1',
        reason: 'the database is away',
      }),
    ]);
  });
});
