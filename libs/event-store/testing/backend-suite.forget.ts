import { expect, it } from 'vitest';
import { RECORD_KINDS } from '../record/index.js';
import { allOf, type BackendUnderTest } from './backend-under-test.js';
import { anEventRecord, RECORDS_NOW_MS } from './event-records.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number): number => RECORDS_NOW_MS - days * DAY_MS;

export function itForgets(underTest: BackendUnderTest): void {
  it('forgets what is of that time or earlier, to the millisecond, and says how many', async () => {
    const times = [daysAgo(8_000), daysAgo(400), daysAgo(90), daysAgo(30) - 1, daysAgo(30), daysAgo(30) + 1];
    await underTest.get().store([...times, daysAgo(29)].map((timeMs) => anEventRecord({ timeMs })));
    expect(await underTest.get().forget('event', daysAgo(30))).toBe(5);
    const left = await allOf(underTest.get(), 'alpha');
    expect(left.map(({ timeMs }) => timeMs)).toEqual([daysAgo(30) + 1, daysAgo(29)]);
    expect(await underTest.get().forget('event', daysAgo(30))).toBe(0);
  });

  it('forgets more than fits one step', async () => {
    const batch = Array.from({ length: 10_000 }, (_, index) =>
      anEventRecord({ timeMs: daysAgo(1) + (index % 2), payload: 'x'.repeat(100) }),
    );
    for (let number = 0; number < 3; number += 1) await underTest.get().store(batch);
    expect(await underTest.get().forget('event', daysAgo(1))).toBe(15_000);
    expect(await allOf(underTest.get(), 'alpha')).toHaveLength(15_000);
  });

  it('D16: forgets by kind, whatever the cluster is called: the logs of `eventcluster` stay', async () => {
    const old = { cluster: 'eventcluster', timeMs: daysAgo(400) };
    await underTest.get().store(RECORD_KINDS.map((kind) => anEventRecord({ kind, ...old })));
    expect(await underTest.get().forget('event', RECORDS_NOW_MS)).toBe(1);
    expect(await allOf(underTest.get(), 'eventcluster', 'log')).toHaveLength(1);
    expect(await allOf(underTest.get(), 'eventcluster', 'event')).toEqual([]);
  });

  it('takes in records of a time that was forgotten before', async () => {
    await underTest.get().store([anEventRecord({ timeMs: daysAgo(400) })]);
    await underTest.get().forget('event', daysAgo(300));
    await underTest.get().store([anEventRecord({ timeMs: daysAgo(400) })]);
    expect(await allOf(underTest.get(), 'alpha')).toHaveLength(1);
    expect(await underTest.get().hosts('alpha')).toEqual(['node-1']);
  });

  it('names no host and counts no pair a day after the last record of it is forgotten', async () => {
    await underTest
      .get()
      .store([
        anEventRecord({ hostname: 'gone', timeMs: daysAgo(10) }),
        anEventRecord({ hostname: 'still-logs', timeMs: daysAgo(10) }),
        anEventRecord({ hostname: 'still-logs', timeMs: daysAgo(10), kind: 'log' }),
        anEventRecord({ hostname: 'still-events', timeMs: daysAgo(10) }),
        anEventRecord({ hostname: 'still-events', timeMs: daysAgo(1) }),
        anEventRecord({ cluster: 'gone', timeMs: daysAgo(10) }),
      ]);
    await underTest.get().forget('event', daysAgo(8));
    expect(await underTest.get().hosts('alpha')).toEqual(['still-events', 'still-logs']);
    expect(await underTest.get().hosts('gone')).toEqual([]);
    expect(await underTest.get().activeTables()).toBe(2);
    await underTest.get().store([anEventRecord({ hostname: 'gone', timeMs: daysAgo(10) })]);
    expect(await underTest.get().hosts('alpha')).toEqual(['gone', 'still-events', 'still-logs']);
  });

  it('forgets while others write, and loses nothing of what is new', async () => {
    const writing = Array.from({ length: 20 }, (_, number) =>
      underTest
        .get()
        .store([
          anEventRecord({ payload: String(number) }),
          anEventRecord({ timeMs: daysAgo(100 + number) }),
        ]),
    );
    const forgetting = underTest.get().forget('event', daysAgo(50));
    await Promise.all([...writing, forgetting]);
    await underTest.get().forget('event', daysAgo(50));
    expect(await allOf(underTest.get(), 'alpha')).toHaveLength(20);
  });
}
