import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import { ObservationStore, type KeptObservation } from './observation.store.js';

const store = new ObservationStore();
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.database.query('TRUNCATE observations'));

const after = (seconds: number): Date => new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000);
const kept = (clusterId: string, round: string, seconds: number, look: unknown = {}): KeptObservation => ({
  clusterId,
  round,
  at: after(seconds),
  look,
});
const append = (...observations: readonly KeptObservation[]): Promise<void> =>
  test.database.transaction(async (tx) => {
    for (const observation of observations) await store.append(tx, observation);
  });
const page = async (from: number, to: number, limit = 100, cursor?: KeptObservation): Promise<string[]> => {
  const range = { clusterId: 'a', rounds: ['gossip', 'host'], from: after(from), to: after(to) };
  const rows = await store.page(test.database, range, { limit, after: cursor });
  return rows.map(({ round, at }) => `${round} ${(at.getTime() - after(0).getTime()) / 1_000}`);
};

it('gives back what was kept, exactly and in the order of its members', async () => {
  const look = { nodes: [{ z: 1, a: [null, 0.1] }], cluster: { name: 'größe' } };
  await append(kept('a', 'gossip', 0, look));
  const [found] = await store.latest(test.database, ['a'], ['gossip']);
  expect(JSON.stringify(found)).toBe(JSON.stringify(kept('a', 'gossip', 0, look)));
});

it('keeps the first of two that claim the same moment', async () => {
  await append(kept('a', 'host', 0, { n: 1 }), kept('a', 'host', 0, { n: 2 }));
  expect((await store.latest(test.database, ['a'], ['host']))[0]?.look).toEqual({ n: 1 });
});

it('finds the latest of each round of each cluster, as far as there are any', async () => {
  await append(kept('a', 'gossip', 1), kept('a', 'gossip', 2), kept('a', 'host', 1), kept('b', 'host', 9));
  const latest = await store.latest(test.database, ['a', 'b', 'none'], ['gossip', 'host']);
  expect(
    latest.map(({ clusterId, round, at }) => [clusterId, round, at.toISOString()].join(' ')).sort(),
  ).toEqual([
    'a gossip 2026-01-01T00:00:02.000Z',
    'a host 2026-01-01T00:00:01.000Z',
    'b host 2026-01-01T00:00:09.000Z',
  ]);
});

it('pages through a time, both ends included, rounds of one moment by name', async () => {
  await append(
    kept('a', 'host', 3),
    kept('a', 'gossip', 3),
    kept('a', 'host', 1),
    kept('a', 'host', 5),
    kept('b', 'host', 3),
  );
  expect(await page(1, 5)).toEqual(['host 1', 'gossip 3', 'host 3', 'host 5']);
  expect(await page(2, 3)).toEqual(['gossip 3', 'host 3']);
  expect(await page(1, 5, 2)).toEqual(['host 1', 'gossip 3']);
  expect(await page(1, 5, 2, kept('a', 'gossip', 3))).toEqual(['host 3', 'host 5']);
});

it('knows what endpoints of nodes answered at last, past failures, among so many rounds', async () => {
  const look = (stats: unknown, id = 'n1') => ({ nodes: [{ node: { id }, observations: { stats } }] });
  await append(
    kept('a', 'host', 1, look({ ok: true, value: 1 })),
    kept('a', 'host', 2, look({ ok: true, value: 2 })),
    kept('a', 'host', 3, look({ ok: false })),
    kept('a', 'host', 4, look({ ok: true, value: 4 }, 'n2')),
  );
  const wanted = ['stats', 'metrics'].map((endpoint) => ({ nodeId: 'n1', endpoint }));
  expect(await store.lastAnswers(test.database, 'a', 'host', wanted, 10)).toEqual([
    { nodeId: 'n1', endpoint: 'stats', answer: { ok: true, value: 2 } },
  ]);
  expect(await store.lastAnswers(test.database, 'a', 'host', wanted, 2)).toEqual([]);
});

it('forgets the oldest first, as many as it is told, of all clusters', async () => {
  await append(...[1, 2, 3, 4].flatMap((at) => [kept('a', 'host', at), kept('b', 'host', at)]));
  expect(await store.forget(test.database, after(4), 5)).toBe(5);
  expect(await store.forget(test.database, after(4), 5)).toBe(1);
  expect(await store.forget(test.database, after(4), 5)).toBe(0);
  expect(await page(0, 9)).toEqual(['host 4']);
});

it('passes over what another is forgetting, instead of waiting for it', async () => {
  await append(...[1, 2, 3, 4].map((at) => kept('a', 'host', at)));
  await test.database.transaction(async (tx) => {
    expect(await store.forget(tx, after(9), 2)).toBe(2);
    expect(await store.forget(test.database, after(9), 10)).toBe(2);
  });
  expect(await page(0, 9)).toEqual([]);
});
