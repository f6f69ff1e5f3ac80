import { expect, it } from 'vitest';
import { StorageRefused } from '../storage/index.js';
import { allOf, type BackendUnderTest } from './backend-under-test.js';
import { anEventRecord } from './event-records.js';

export function itKeepsMarks(underTest: BackendUnderTest): void {
  it('keeps a mark with the records it came with, and over the next start', async () => {
    expect(await underTest.get().readMark('a mark')).toBeUndefined();
    await underTest.get().store([anEventRecord()], { name: 'a mark', value: 'first' });
    await underTest.get().store([anEventRecord({ kind: 'log' })], { name: 'a mark', value: 'second' });
    await underTest.get().store([anEventRecord()]);
    expect(await underTest.get().readMark('a mark')).toBe('second');
    expect(await underTest.get().readMark('A mark')).toBeUndefined();
    expect(await (await underTest.reopen()).readMark('a mark')).toBe('second');
  });

  it('keeps a mark without records', async () => {
    await underTest.get().store([], { name: 'nothing found', value: '{"at":0}' });
    expect(await underTest.get().readMark('nothing found')).toBe('{"at":0}');
    expect(await underTest.get().activeTables()).toBe(0);
  });

  it('keeps no mark of records that are refused', async () => {
    await underTest.get().store([], { name: 'place', value: 'before' });
    const refused = underTest
      .get()
      .store([anEventRecord(), anEventRecord({ timeMs: Number.NaN })], { name: 'place', value: 'after' });
    await expect(refused).rejects.toThrow(StorageRefused);
    expect(await underTest.get().readMark('place')).toBe('before');
    expect(await allOf(underTest.get(), 'alpha')).toEqual([]);
  });

  it('takes names and values of marks for what they are', async () => {
    const texts = ["'; DROP TABLE event_store_marks; --", '__proto__', '\\N\t\n', '語🦫', ''];
    for (const text of texts) await underTest.get().store([], { name: `${text}.`, value: text });
    for (const text of texts) expect(await underTest.get().readMark(`${text}.`)).toBe(text);
  });
}
