import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  MAX_ANSWER_CHARS,
  type Parcel,
  type SinkReply,
  type StreamLine,
  type Window,
} from '../sinks/index.js';
import type { OutcomeKind } from '../domain/index.js';
import { captureOutput } from './sink-conformance.calls.js';
import type { StreamAnswerRow, StreamConformance, StreamRig } from './stream-conformance.rig.js';
import {
  expectAccounted,
  expectOrdered,
  expectSound,
  sendAll,
  splitWhole,
  windowOf,
} from './stream-conformance.windows.js';

export type { StreamAnswerRow, StreamRig } from './stream-conformance.rig.js';
export { sendAll, windowOf } from './stream-conformance.windows.js';

const SAMPLES = 300;

/**
 * What every sink of streams must do, whoever its vendor is (`connection-tests.spec.ts` tries the connection test). Call it at
 * the top of the sink's own `*.sink.spec.ts`; the rig is that sink's stand-in, which judges what it gets as the vendor
 * would. Needs no network beyond the loopback interface.
 */
export function describeStreamConformance<Rig extends StreamRig>(conformance: StreamConformance<Rig>): void {
  const { definition, start, answers, sample, hostile, heldOf = (entries) => entries.length } = conformance;

  describe(`every sink of streams: ${definition.label}`, () => {
    let rig: Rig;
    let line: StreamLine;
    let output: () => string;

    beforeEach(async () => {
      rig = await start();
      line = definition.connect(rig.config, rig.secrets, rig.environment, rig.settings);
      output = captureOutput();
    });
    afterEach(async () => {
      line.close();
      await rig.stop();
      expect(output(), 'a sink writes nothing to the output').toBe('');
      vi.restoreAllMocks();
    });

    const now = (): Date => rig.environment.clock.now();
    const samples = (count: number): Window =>
      windowOf(
        Array.from({ length: count }, (_, index) => sample(index, now())),
        now(),
      );
    const onlyParcel = (): Parcel => line.pack(samples(1)).parcels[0]!;
    const send = (parcel: Parcel, signal = new AbortController().signal): Promise<SinkReply> =>
      line.send(parcel, { signal });
    const expectNoSecret = (result: unknown): void => {
      const text = `${JSON.stringify(result)} ${String(result)}`;
      for (const secret of Object.values(rig.secrets)) expect(text).not.toContain(secret);
    };
    const expectEnd = (reply: SinkReply, kind: OutcomeKind, row?: StreamAnswerRow<Rig>): void => {
      const { outcome } = reply;
      expect(outcome, row?.name).toMatchObject({ kind });
      expectNoSecret(reply);
      if ('reason' in outcome) expect(outcome.reason).toMatch(row?.reason ?? /^[A-Z].{15,}\.$/);
      if (outcome.kind === 'throttled' && row?.waitMs !== undefined) expect(outcome.waitMs).toBe(row.waitMs);
      expect(reply.answer?.length ?? 0).toBeLessThanOrEqual(MAX_ANSWER_CHARS);
      for (const shape of Object.values(reply.requestShape?.members ?? {}))
        expect(shape).toMatch(/^((text|list|object)\(\d+\)|number|true|false|null)$/);
    };

    it('describes itself consistently', () => {
      expect(definition.sources).toContain(definition.defaultSource);
      expect(Object.keys(definition.display)).toEqual(Object.keys(definition.secrets.shape));
      expect(definition.config.safeParse(rig.config).data).toEqual(rig.config);
      expect(definition.secrets.safeParse(rig.secrets).data).toEqual(rig.secrets);
      expect(definition.settings.safeParse({}).success, 'its settings have defaults').toBe(true);
      for (const name of Object.keys(definition.secrets.shape))
        expect(definition.config.shape).not.toHaveProperty(name);
    });

    it('delivers what it packs, every entry once, and says where it is', async () => {
      const window = samples(SAMPLES);
      const packing = line.pack(window);
      expectAccounted(packing, window);
      for (const parcel of packing.parcels) expectSound(parcel, window);
      for (const reply of await sendAll(line, packing.parcels)) {
        expect(reply.httpStatus).toBe(200);
        expect(reply.requestShape).toMatchObject({ call: expect.any(String) });
        expectEnd(reply, 'delivered');
      }
      expect(rig.heldCount()).toBe(heldOf(window.entries));
    });

    it('keeps the order of the entries within a lane, and packs the same window in the same way', () => {
      const window = samples(SAMPLES);
      const packing = line.pack(window);
      expect(new Set(packing.parcels.map(({ lane }) => lane)).size).toBeGreaterThan(1);
      expectOrdered(packing.parcels);
      expect(line.pack(window)).toEqual(packing);
      const another = definition.connect(rig.config, rig.secrets, rig.environment, rig.settings);
      expect(another.pack(window)).toEqual(packing);
      another.close();
    });

    it('packs nothing out of nothing', () => {
      expect(line.pack(samples(0))).toMatchObject({ parcels: [], settled: [] });
      expect(rig.requestCount()).toBe(0);
    });

    it('splits a parcel into halves that cover it, down to single items that go as well', async () => {
      const [parcel] = line.pack(samples(60)).parcels;
      const before = structuredClone(parcel);
      const parts = splitWhole(line, parcel!);
      expect(parts.length).toBeGreaterThan(1);
      expect(parcel, 'what is split stays as it is').toEqual(before);
      await sendAll(line, parts);
    });

    describe('makes of an answer', () => {
      for (const row of answers) {
        it(`${row.name}: ${row.ends}`, async () => {
          await row.arrange(rig);
          const reply = await send(onlyParcel());
          expectEnd(reply, row.ends, row);
          expect(reply.requestShape, 'what was sent is recorded').toBeDefined();
        });
      }
    });

    it('ends at the deadline as ambiguous, for the request was sent', async () => {
      rig.hold(1);
      const deadline = new AbortController();
      const sending = send(onlyParcel(), deadline.signal);
      await rig.whenRequested(1);
      deadline.abort();
      expectEnd(await sending, 'ambiguous');
    });

    it('sends nothing when the deadline is over before', async () => {
      const reply = await send(onlyParcel(), AbortSignal.abort());
      expectEnd(reply, 'transient');
      expect(reply.requestDigest).toBeUndefined();
      expect(rig.requestCount()).toBe(0);
    });

    it('is surely not done when nobody listens', async () => {
      const parcel = onlyParcel();
      await rig.stop();
      expectEnd(await send(parcel), 'transient');
      expectNoSecret(await line.test({ signal: new AbortController().signal }));
    });

    it('ends every call in a reply when the connections close while it sends', async () => {
      const { parcels } = line.pack(samples(SAMPLES));
      const lanes = new Map(parcels.map((parcel) => [parcel.lane, parcel]));
      rig.hold(lanes.size);
      const sending = [...lanes.values()].map((parcel) => send(parcel));
      await rig.whenRequested(lanes.size);
      await rig.stop();
      for (const reply of await Promise.all(sending)) expectEnd(reply, 'ambiguous');
    });

    it('ends every call in a reply when it is closed while it sends, and sends nothing after that', async () => {
      const parcel = onlyParcel();
      rig.hold(1);
      const sending = send(parcel);
      await rig.whenRequested(1);
      line.close();
      expectEnd(await sending, 'ambiguous');
      expectEnd(await send(parcel), 'transient');
      expect(rig.requestCount()).toBe(1);
    });

    it('fits huge and hostile entries into the limits, or says why not', { timeout: 30_000 }, async () => {
      const entries = fc.array(hostile(now()), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(entries, async (some) => {
          const window = windowOf(some, now());
          const packing = line.pack(window);
          expectAccounted(packing, window);
          expectOrdered(packing.parcels);
          for (const parcel of packing.parcels) expectSound(parcel, window);
          await sendAll(line, packing.parcels);
        }),
        { numRuns: 25 },
      );
    });

    it('tests the connection without leaving anything, and without naming a secret', async () => {
      const report = await line.test({ signal: new AbortController().signal });
      expect(report).toMatchObject({ ok: true });
      expect(rig.heldCount()).toBe(0);
      expectNoSecret(report);
    });
  });
}
