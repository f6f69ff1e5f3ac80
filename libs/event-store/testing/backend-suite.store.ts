import { expect, it } from 'vitest';
import { RECORD_KINDS, type EventRecord } from '../record/index.js';
import { StorageRefused } from '../storage/index.js';
import { allOf, type BackendUnderTest } from './backend-under-test.js';
import { anEventRecord, HOSTILE_CLUSTERS, RECORDS_NOW_MS } from './event-records.js';

const HOSTILE_TEXTS = [
  '',
  '\\N',
  '\\.',
  '\n',
  'tab\there, line\nthere, carriage\rreturn, \b \f \v \u0001 \u007f',
  'back\\slash \\n \\t \\\\ "quotes" \'single\' {braces} $1 ? %s',
  '語 🦫 é \u2028 \ufeff \uffff',
  '\u0085\u00a0 ends with spaces   ',
  'x'.repeat(300_000),
];

export function itStores(underTest: BackendUnderTest): void {
  it('gives back every member as it was stored, and an id that grows', async () => {
    const all = anEventRecord({ stype: 'application', stypeId: '7', fields: '{"value":1.5}' });
    const bare = anEventRecord({ type: null, typeId: null, tags: null, hostname: '', payload: '' });
    const empty = anEventRecord({ type: '', typeId: '', stype: '', stypeId: '', fields: '{}', tags: '{}' });
    await underTest.get().store([all, bare, empty]);
    const stored = await allOf(underTest.get(), 'alpha');
    expect(stored).toMatchObject([all, bare, empty]);
    const ids = stored.map(({ id }) => id);
    expect(ids.every(Number.isSafeInteger)).toBe(true);
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
  });

  it('keeps every text as it is, in every column', async () => {
    const records = HOSTILE_TEXTS.flatMap((text) => [
      anEventRecord({ payload: text, tags: JSON.stringify({ text }), fields: JSON.stringify({ text }) }),
      anEventRecord({ kind: 'log', name: short(text), hostname: short(text), type: short(text) }),
      anEventRecord({ kind: 'log', typeId: short(text), stype: short(text), stypeId: short(text) }),
    ]);
    await underTest.get().store(records);
    for (const kind of RECORD_KINDS)
      expect(await allOf(underTest.get(), 'alpha', kind)).toMatchObject(
        records.filter((record) => record.kind === kind),
      );
  });

  it('D9, D10, D11: keeps clusters of any name, each its own, and never takes a name for SQL', async () => {
    const records = HOSTILE_CLUSTERS.map((cluster) => anEventRecord({ cluster, payload: `of ${cluster}` }));
    await underTest.get().store(records);
    for (const record of records)
      expect(await allOf(underTest.get(), record.cluster)).toMatchObject([record]);
    expect(await underTest.get().hosts(HOSTILE_CLUSTERS[5]!)).toEqual(['node-1']);
    expect(await allOf(underTest.get(), "' OR '1'='1")).toEqual([]);
  });

  it('keeps events and logs apart', async () => {
    await underTest.get().store([anEventRecord({ kind: 'log', payload: 'a log' }), anEventRecord()]);
    expect((await allOf(underTest.get(), 'alpha', 'log')).map(({ payload }) => payload)).toEqual(['a log']);
    expect(await allOf(underTest.get(), 'alpha', 'event')).toHaveLength(1);
  });

  it('D12: stores known and new clusters in one batch without losing any', async () => {
    await underTest.get().store([anEventRecord()]);
    await underTest.get().store([anEventRecord(), anEventRecord({ cluster: 'new' })]);
    expect(await allOf(underTest.get(), 'alpha')).toHaveLength(2);
    expect(await allOf(underTest.get(), 'new')).toHaveLength(1);
  });

  it('D26: refuses a batch with a record that cannot be stored as a whole, and stores what comes after', async () => {
    const poison = anEventRecord({ kind: 'log', timeMs: Number.NaN });
    const batch = [anEventRecord({ hostname: 'of the poisoned batch' }), poison, anEventRecord()];
    await expect(underTest.get().store(batch)).rejects.toThrow(StorageRefused);
    expect(await allOf(underTest.get(), 'alpha', 'event')).toEqual([]);
    expect(await allOf(underTest.get(), 'alpha', 'log')).toEqual([]);
    expect(await underTest.get().hosts('alpha')).toEqual([]);
    await underTest.get().store([anEventRecord(), anEventRecord({ hostname: 'of the poisoned batch' })]);
    expect(await allOf(underTest.get(), 'alpha')).toHaveLength(2);
    expect(await underTest.get().hosts('alpha')).toEqual(['node-1', 'of the poisoned batch']);
  });

  it('bears an empty batch', async () => {
    await underTest.get().store([]);
    expect(await underTest.get().activeTables()).toBe(0);
  });

  it('D25: counts every pair of cluster and kind once', async () => {
    const batch = ['alpha', 'beta'].map((cluster) => anEventRecord({ cluster }));
    await Promise.all([1, 2, 3].map(() => underTest.get().store(batch)));
    await underTest.get().store([anEventRecord({ kind: 'log' })]);
    expect(await underTest.get().activeTables()).toBe(3);
    expect(await (await underTest.reopen()).activeTables()).toBe(3);
  });

  it('still has everything after it was closed and opened again, and ids go on growing', async () => {
    await underTest.get().store([anEventRecord({ payload: 'before' })]);
    const backend = await underTest.reopen();
    await backend.store([anEventRecord({ payload: 'after' })]);
    expect((await allOf(backend, 'alpha')).map(({ payload }) => payload)).toEqual(['before', 'after']);
    expect(await backend.hosts('alpha')).toEqual(['node-1']);
  });

  it('D25: stores what eight writers write at once exactly once', async () => {
    const batch = (writer: number, number: number): EventRecord[] =>
      Array.from({ length: 25 }, (_, index) =>
        anEventRecord({
          kind: index % 5 === 0 ? 'log' : 'event',
          hostname: `node-${(writer + index) % 12}`,
          timeMs: RECORDS_NOW_MS + index * 1_000_000,
          payload: `${writer}/${number}/${index}`,
        }),
      );
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let number = 0; number < 10; number += 1) await underTest.get().store(batch(writer, number));
    });
    await Promise.all(writers);
    const stored = [
      ...(await allOf(underTest.get(), 'alpha', 'event')),
      ...(await allOf(underTest.get(), 'alpha', 'log')),
    ];
    expect(stored).toHaveLength(8 * 10 * 25);
    expect(new Set(stored.map(({ payload }) => payload)).size).toBe(8 * 10 * 25);
    expect(await underTest.get().hosts('alpha')).toHaveLength(12);
  });

  it('waits for what is under way when it closes', async () => {
    const batch = Array.from({ length: 2_000 }, () => anEventRecord());
    const storing = underTest.get().store(batch);
    const reopened = await underTest.reopen();
    await storing;
    expect(await allOf(reopened, 'alpha')).toHaveLength(2_000);
  });
}

/** Names are 255 characters at most. */
const short = (text: string): string => text.slice(0, 255);
