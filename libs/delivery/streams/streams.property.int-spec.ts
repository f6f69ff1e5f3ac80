import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import { SimulatedStream, type SimulatedAnswer } from '../testing/simulated-stream.js';
import { StreamHarness } from '../testing/stream-harness.js';

const HOUR_MS = 3_600_000;
const NODES = ['n1', 'n2', 'n3'];
const ANSWERS: readonly SimulatedAnswer[] = [
  'delivered',
  'delivered',
  'delivered',
  'transient',
  'ambiguous',
  'lost',
  'throttled',
  'unauthorized',
  'crash',
];

type Step =
  | { readonly do: 'append'; readonly lines: readonly (readonly [string, string])[] }
  | { readonly do: 'work'; readonly answers: readonly SimulatedAnswer[]; readonly perParcel: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'forget' | 'mend' | 'rescope' | 'return' | 'replay' };

const body = fc.constantFrom('line', 'line', 'line', 'line', 'poison', 'late', 'unwanted');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      lines: fc.array(fc.tuple(fc.constantFrom(...NODES), body), { minLength: 1, maxLength: 25 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      answers: fc.array(fc.constantFrom(...ANSWERS), { maxLength: 6 }),
      perParcel: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constant(49 * HOUR_MS) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('forget', 'mend', 'rescope', 'return', 'replay') }),
  },
);

let harness: StreamHarness;
let histories = 0;
beforeAll(async () => {
  harness = await StreamHarness.start();
});
afterAll(() => harness.stop());

/** One history of one integration and one stream, and what must be true of it at every moment. */
class History {
  readonly line = new SimulatedStream();
  private readonly cluster = `cluster-${(histories += 1)}`;
  private integration = '';
  private appended = 0;
  /** Numbers that the integration was never owed: they came while it was for other clusters. */
  private readonly unowed = new Set<number>();
  private isScoped = true;
  private replayed = 0;
  private isReplayed = false;

  async start(): Promise<void> {
    Object.assign(harness, { line: this.line });
    await harness.retire();
    this.integration = await harness.addIntegration([this.cluster]);
  }

  async take(one: Step): Promise<void> {
    const { base } = harness;
    if (one.do === 'append') await this.append(one.lines);
    if (one.do === 'work') {
      Object.assign(this.line, { answers: [...one.answers], perParcel: one.perParcel });
      await harness.work();
    }
    if (one.do === 'wait') base.clock.advance(one.ms);
    if (one.do === 'forget') await harness.retention.run();
    if (one.do === 'mend') await base.health.changed(this.integration);
    if (one.do === 'rescope') await this.scope(['elsewhere']);
    if (one.do === 'return') await this.scope([this.cluster]);
    if (one.do === 'replay') await this.replay();
    await this.check();
  }

  /** Everything that can go has gone in the end. */
  async finish(): Promise<void> {
    this.line.answers = [];
    await harness.base.health.mended(this.integration);
    for (let round = 0; round < 60; round += 1) {
      harness.base.clock.advance(61_000);
      await harness.work();
    }
    const ledger = await this.check();
    expect(ledger.inFlight + ledger.parked).toBe(0);
  }

  private async append(lines: readonly (readonly [string, string])[]): Promise<void> {
    const timeMs = harness.base.clock.now().getTime();
    const entries = lines.map(([node, text]): NewEntry => ({ timeMs, node, level: 'info', body: text }));
    await harness.append(this.cluster, entries);
    for (const _ of lines) {
      this.appended += 1;
      if (!this.isScoped) this.unowed.add(this.appended);
    }
  }

  /** Everything of the last hours goes again: what is at the sink twice is so by our wish. */
  private async replay(): Promise<void> {
    const { base } = harness;
    const tenant = { organizationId: 'o', projectId: base.projectId };
    const since = new Date(base.clock.now().getTime() - 3 * HOUR_MS);
    const { counts } = await harness.replay(tenant, this.integration, { since, dryRun: false });
    if (counts.send === 0) return;
    this.replayed += counts.send;
    this.isReplayed = true;
    // From here on every number may come again, in the order of the stream.
    this.line.taken.clear();
    this.line.doubtful.clear();
  }

  private async scope(clusterIds: readonly string[]): Promise<void> {
    this.isScoped = clusterIds.includes(this.cluster);
    await harness.rescope(this.integration, clusterIds);
  }

  private async check() {
    const { base } = harness;
    const ledger = await base.ledgers.of(base.projectId, this.integration);
    expect(ledger.balanced).toBe(true);
    expect(ledger.accepted).toBe(this.appended - this.unowed.size + this.replayed);
    const taken = new Set<number>();
    for (const numbers of this.line.taken.values()) this.inspect(numbers, taken);
    if (this.isReplayed) return ledger;
    // What the sink has and we do not know of was in doubt.
    const doubtful = [...taken].filter((seq) => this.line.doubtful.has(seq)).length;
    expect(ledger.delivered).toBeLessThanOrEqual(taken.size);
    expect(ledger.delivered + doubtful).toBeGreaterThanOrEqual(taken.size);
    return ledger;
  }

  /** In order, each once, but for what was in doubt; and nothing that was never owed. */
  private inspect(numbers: readonly number[], taken: Set<number>): void {
    let highest = 0;
    for (const seq of numbers) {
      if (seq <= highest) expect(this.line.doubtful.has(seq)).toBe(true);
      if (taken.has(seq)) expect(this.line.doubtful.has(seq)).toBe(true);
      highest = Math.max(highest, seq);
      taken.add(seq);
      if (!this.isReplayed) expect(this.unowed.has(seq)).toBe(false);
    }
  }
}

it(
  'is delivered at least once and in order, twice only what was in doubt, with a ledger that balances, whatever happens',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const history = new History();
        await history.start();
        for (const one of steps) await history.take(one);
        await history.finish();
      }),
      { numRuns: 120 },
    );
  },
);
