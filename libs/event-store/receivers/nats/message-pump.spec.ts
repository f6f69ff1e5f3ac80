import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../../testing/wait-until.js';
import { MessagePump, type Fate, type Message } from './message-pump.js';

const AGAIN = { base: 0, cap: 0 };

describe('message pump', () => {
  it('stores everything once, in order unless refused, whatever fails in between', async () => {
    const answer = fc.constantFrom('stored', 'stored', 'refused', 'away', 'away');
    const messages = fc.array(
      fc.record({ answers: fc.array(answer, { maxLength: 4 }), pause: fc.boolean() }),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(messages, async (plans) => {
        const fates = new Map<number, Fate>();
        const tries = plans.map(() => 0);
        const store = async ({ subject }: Message) => {
          const at = Number(subject);
          expect(fates.has(at)).toBe(false);
          if (tries[at]! % 2 === 1) await Promise.resolve();
          return plans[at]!.answers[tries[at]!++] ?? 'stored';
        };
        const pump = new MessagePump({ store, maxBytes: 1_000_000, againMs: AGAIN });
        for (const [at, { pause }] of plans.entries()) {
          const settle = (fate: Fate): void => {
            expect(fates.has(at)).toBe(false);
            fates.set(at, fate);
          };
          expect(pump.offer({ subject: String(at), body: Buffer.from('x'), settle })).toBe(true);
          if (pause) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await pump.finish(5_000)).toBe(0);
        expect(pump.bytes).toBe(0);
        const expected = plans.map(
          ({ answers }) => answers.find((one) => one !== 'away') ?? ('stored' satisfies Fate),
        );
        expect([...fates].sort(([one], [other]) => one - other).map(([, fate]) => fate)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('does not begin with what came later before all that came earlier is done', async () => {
    const calls: string[] = [];
    let isAway = true;
    const store = async ({ subject }: Message): Promise<'stored' | 'away'> => {
      calls.push(subject);
      return isAway && subject === '3' ? 'away' : 'stored';
    };
    const pump = new MessagePump({ store, maxBytes: 10_000_000, againMs: AGAIN });
    for (let at = 0; at < 1_200; at += 1) pump.offer({ subject: String(at), body: Buffer.alloc(10) });
    await waitUntil(() => calls.filter((subject) => subject === '3').length > 3, { what: 'several tries' });
    expect(calls).not.toContain('500');
    expect(calls.filter((subject) => subject === '4')).toHaveLength(1);
    isAway = false;
    await pump.finish(5_000);
    expect(calls.at(-1)).toBe('1199');
  });

  it('puts no more than two mebibytes into a round, and a larger message alone', async () => {
    const rounds: number[] = [];
    let underWay = 0;
    const store = async (): Promise<'stored'> => {
      rounds.push((underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return 'stored';
    };
    const pump = new MessagePump({ store, maxBytes: 100_000_000, againMs: AGAIN });
    for (const size of [700_000, 700_000, 700_000, 5_000_000, 1])
      pump.offer({ subject: 's', body: Buffer.alloc(size) });
    await pump.finish(5_000);
    expect(rounds).toEqual([1, 2, 1, 1, 1]);
  });

  it('takes a message that alone is larger than its bound, and nothing more until it is stored', async () => {
    let done!: (fate: 'stored') => void;
    const store = (): Promise<'stored'> => new Promise((resolve) => (done = resolve));
    const pump = new MessagePump({ store, maxBytes: 1_000, againMs: AGAIN });
    const large = { subject: 's', body: Buffer.alloc(5_000) };
    expect(pump.offer(large)).toBe(true);
    expect(pump.offer({ subject: 's', body: Buffer.alloc(0) })).toBe(false);
    await waitUntil(() => done, { what: 'the message to be under way' });
    done('stored');
    await pump.below(0, new AbortController().signal);
    expect(pump.offer(large)).toBe(true);
    await waitUntil(() => pump.bytes > 0, { what: 'the second' });
    expect(await pump.finish(0)).toBe(1);
  });

  it('counts messages without a body, too', () => {
    const pump = new MessagePump({
      store: () => new Promise(() => undefined),
      maxBytes: 100_000,
      againMs: AGAIN,
    });
    let taken = 0;
    while (pump.offer({ subject: '', body: Buffer.alloc(0) })) taken += 1;
    expect(taken).toBeLessThan(500);
  });

  it('gives up all that is left when the time is over, and a late success changes nothing', async () => {
    const fates: Fate[] = [];
    let succeed!: () => void;
    const store = (): Promise<'stored'> => new Promise((resolve) => (succeed = () => resolve('stored')));
    const pump = new MessagePump({ store, maxBytes: 100_000, againMs: AGAIN });
    for (let at = 0; at < 3; at += 1)
      pump.offer({ subject: 's', body: Buffer.alloc(1), settle: (fate) => fates.push(fate) });
    await waitUntil(() => succeed, { what: 'a try' });
    expect(await pump.finish(1)).toBe(3);
    succeed();
    await new Promise((resolve) => setImmediate(resolve));
    expect(fates).toEqual(['left', 'left', 'left']);
    expect(pump.bytes).toBe(0);
  });
});
