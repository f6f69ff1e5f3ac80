import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { Seen } from './output/seen.js';
import { run, StandIn, type Run } from './stand-in.fixture.js';

let store: StandIn;
const open: Run[] = [];
beforeEach(async () => {
  store = new StandIn();
  await store.start();
});
afterEach(async () => {
  for (const one of open.splice(0)) {
    one.end();
    await one.code;
  }
  await store.stop();
});

function tail(...args: string[]): Run {
  const started = run([
    'tail',
    '--url',
    store.url,
    '--cluster',
    'tc',
    '--interval',
    '20ms',
    '--json',
    ...args,
  ]);
  open.push(started);
  return started;
}
const events = ({ output }: Run) =>
  output()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly Event: string }).Event);
const sorted = (texts: readonly string[]) => [...texts].sort((one, other) => (one < other ? -1 : 1));
const until = (one: Run, count: number) =>
  waitUntil(() => events(one).length >= count, {
    what: `${count} messages, not ${one.output()} ${one.said()}`,
  });
/** Until it has read at least twice more. */
async function untilReadAgain(): Promise<void> {
  const before = store.requests.length;
  await waitUntil(() => store.requests.length >= before + 2, { what: 'two more readings' });
}

describe('a tail', () => {
  it('prints what comes, once, whatever its time and however many are alike; and not what was there', async () => {
    store.add('old', Date.now());
    const one = tail();
    await waitUntil(() => store.requests.length >= 2, { what: 'the first reading' });
    await untilReadAgain();
    const now = Date.now();
    for (const [payload, timeMs] of [
      ['a', now],
      ['late', now - 20_000],
      ['early', now + 3_600_000],
      ['a', now],
      ['old', now],
    ] as const)
      store.add(payload, timeMs);
    await until(one, 5);
    store.add('a', now);
    await until(one, 6);
    await untilReadAgain();
    expect(sorted(events(one))).toEqual(['a', 'a', 'a', 'early', 'late', 'old']);
    one.end();
    expect(await one.code).toBe(0);
  });

  it('loses and doubles nothing while others write, page by page', async () => {
    store.maxPage = 3;
    const one = tail('--limit', '60');
    await waitUntil(() => store.requests.length >= 2, { what: 'the first reading' });
    const wanted: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const payload = `p${index % 17}`;
      wanted.push(payload);
      store.add(payload, Date.now() - (index % 5) * 1_000);
      if (index % 10 === 9) await untilReadAgain();
    }
    expect(await one.code).toBe(0);
    expect(sorted(events(one))).toEqual(sorted(wanted));
  });

  it('can begin in the past', async () => {
    const now = Date.now();
    store.add('long ago', now - 7_200_000);
    store.add('an hour ago', now - 3_500_000);
    store.add('just now', now - 1_000);
    const one = tail('--from', '1h');
    await until(one, 2);
    store.add('new', Date.now());
    await until(one, 3);
    await untilReadAgain();
    expect(events(one)).toEqual(['an hour ago', 'just now', 'new']);
  });

  it('goes by the clock of the server', async () => {
    store.aheadMs = -600_000;
    const one = tail();
    await waitUntil(() => store.requests.length >= 2, { what: 'the first reading' });
    await untilReadAgain();
    store.add('by the server', Date.now() - 600_000);
    await until(one, 1);
  });

  it('waits for a store that is away, and goes on', async () => {
    const one = tail();
    await waitUntil(() => store.requests.length >= 2, { what: 'the first reading' });
    store.manner = () => ({ status: 503, body: 'busy' });
    await waitUntil(() => one.said().includes('answers 503: busy. Trying again.'), {
      what: 'a word about it',
    });
    store.add('meanwhile', Date.now());
    store.manner = () => undefined;
    await until(one, 1);
  });

  it('ends with 1 when it is not let in', async () => {
    store.manner = () => ({ status: 401, body: 'Use JWT Authentication' });
    const one = tail();
    expect(await one.code).toBe(1);
    expect(one.said()).toContain('A token is needed');
  });
});

it('tells each message of a growing collection once, in whatever steps it is read', () => {
  const step = fc.record({
    added: fc.array(fc.record({ payload: fc.constantFrom('a', 'b', 'c'), timestamp: fc.nat({ max: 20 }) }), {
      maxLength: 5,
    }),
    /** A reading may break off. */
    readShare: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const seen = new Seen();
      const all: { Event: string; timestamp: number }[] = [];
      const told: typeof all = [];
      const read = (share: number): void => {
        seen.begin(0);
        const inOrder = all.toSorted((one, other) => one.timestamp - other.timestamp);
        for (const one of inOrder.slice(0, Math.ceil((all.length * share) / 4)))
          if (seen.isNew(one)) told.push(one);
      };
      for (const { added, readShare } of steps) {
        all.push(...added.map(({ payload, timestamp }) => ({ Event: payload, timestamp })));
        read(readShare);
      }
      read(4);
      const texts = (list: typeof all) => sorted(list.map((one) => JSON.stringify(one)));
      expect(texts(told)).toEqual(texts(all));
    }),
  );
});

it('forgets what is older than it is asked for', () => {
  const seen = new Seen();
  seen.begin(0);
  for (let timestamp = 0; timestamp < 10; timestamp += 1) seen.isNew({ timestamp });
  seen.begin(7);
  expect(seen.size).toBe(3);
});
