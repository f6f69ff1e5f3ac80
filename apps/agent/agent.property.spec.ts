import { appendFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { AgentRig, idOf, lineOf } from './agent-rig.fixture.js';
import { HASTE } from './haste.fixture.js';
import type { Manner } from './write-endpoint.fixture.js';

type Step =
  | { readonly kind: 'append'; readonly lines: number; readonly end: '\n' | '\r\n'; readonly padding: number }
  | { readonly kind: 'begin' }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'pause'; readonly requests: number }
  | { readonly kind: 'hub'; readonly manner: Manner | undefined; readonly requests: number };

const step = (isAmbiguous: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 5, arbitrary: append },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Step>({ kind: 'begin' }, { kind: 'rotate' }, { kind: 'restart' }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('pause' as const), requests: fc.integer({ min: 1, max: 3 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('hub' as const),
        requests: fc.integer({ min: 0, max: 12 }),
        manner: fc.constantFrom<Manner>(
          { status: 503 },
          { status: 429, headers: { 'retry-after': '0' } },
          { status: 401 },
          { status: 413 },
          isAmbiguous ? 'lost' : { status: 500 },
          isAmbiguous ? 'broken' : { status: 502 },
        ),
      }),
    },
  );
const append: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('append' as const),
  lines: fc.integer({ min: 1, max: 40 }),
  end: fc.constantFrom<'\n' | '\r\n'>('\n', '\r\n'),
  padding: fc.constantFrom(0, 3, 200, 30_000),
});

/** Does what happens to a directory and to a hub, and at last lets everything arrive. */
class History {
  readonly written: string[] = [];
  #day = 1;
  #hasPartial = false;

  constructor(private readonly rig: AgentRig) {}

  async play(steps: readonly Step[]): Promise<void> {
    await this.rig.start();
    for (const one of steps) await this.#take(one);
    this.rig.hub.manner = () => undefined;
    await this.#endLine();
    await this.rig.untilArrived(this.written.length);
    await this.#untilAllHave();
    await this.rig.stop();
  }

  async #take(one: Step): Promise<void> {
    const { rig } = this;
    if (one.kind === 'append') return this.#append(one);
    if (one.kind === 'begin') return this.#begin();
    if (one.kind === 'rotate') return this.#rotate();
    if (one.kind === 'pause') return this.#untilAsked(one.requests);
    if (one.kind === 'restart') {
      await rig.stop();
      return rig.start();
    }
    let left = one.requests;
    rig.hub.manner = () => (left-- > 0 ? one.manner : undefined);
  }

  async #append({ lines, end, padding }: Extract<Step, { kind: 'append' }>): Promise<void> {
    await this.#endLine();
    let text = '';
    for (let index = 0; index < lines; index += 1) {
      text += `${lineOf(this.#next(), ` ü${'x'.repeat(padding)}`)}${end}`;
    }
    await appendFile(this.#path, text);
  }

  /** The beginning of a line, cut within a letter. */
  async #begin(): Promise<void> {
    if (this.#hasPartial) return;
    const bytes = Buffer.from(lineOf(this.#next(), ' ü'));
    await appendFile(this.#path, bytes.subarray(0, bytes.lastIndexOf(0xc3) + 1));
    this.#hasPartial = true;
  }

  async #endLine(): Promise<void> {
    if (!this.#hasPartial) return;
    const bytes = Buffer.from(lineOf('', ' ü'));
    await appendFile(
      this.#path,
      Buffer.concat([bytes.subarray(bytes.lastIndexOf(0xc3) + 1), Buffer.from('\n')]),
    );
    this.#hasPartial = false;
  }

  async #rotate(): Promise<void> {
    await this.#endLine();
    this.#day += 1;
    await appendFile(this.#path, '');
  }

  /** Something more was asked of the hub, or all there is has arrived. */
  async #untilAsked(requests: number): Promise<void> {
    const { hub } = this.rig;
    const complete = this.written.length - (this.#hasPartial ? 1 : 0);
    const before = hub.asked;
    await waitUntil(() => hub.asked >= before + requests || new Set(hub.lines).size >= complete, {
      what: 'the hub to be asked',
      intervalMs: 1,
    });
  }

  async #untilAllHave(): Promise<void> {
    await waitUntil(() => new Set(this.rig.arrived).size >= this.written.length, { what: 'every line' });
  }

  get #path(): string {
    return this.rig.path(
      `log202601${String(10 + Math.floor(this.#day / 3))}${['', '_001', '_002'][this.#day % 3]}.json`,
    );
  }

  #next(): string {
    const id = `line${this.written.length}`;
    this.written.push(id);
    return id;
  }
}

const played = async (steps: readonly Step[]): Promise<{ written: string[]; arrived: readonly string[] }> => {
  const rig = await AgentRig.make();
  rig.tempo = { ...HASTE, awayAfterMs: 5 };
  try {
    const history = new History(rig);
    await history.play(steps);
    return { written: history.written, arrived: rig.hub.lines.map((line) => idOf(line)) };
  } finally {
    await rig.end();
  }
};

describe('whatever happens to files, agent and hub', () => {
  it('every line arrives exactly once and in order, as long as the hub says what became of each request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(false), { maxLength: 30 }), async (steps) => {
        const { written, arrived } = await played(steps);
        expect(arrived).toEqual(written);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('every line arrives at least once, for the first time in order, when answers get lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(true), { maxLength: 30 }), async (steps) => {
        const { written, arrived } = await played(steps);
        expect([...new Set(arrived)]).toEqual(written);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
