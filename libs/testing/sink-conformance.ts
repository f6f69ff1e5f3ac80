import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome, OutcomeKind, RemoteRef } from '../domain/index.js';
import type {
  DeliveringSink,
  Sink,
  SinkCall,
  SinkConfig,
  SinkEnvironment,
  SinkReply,
  SinkSecrets,
} from '../sinks/index.js';
import {
  closedIssueCard,
  hostileText,
  SAMPLE_ISSUE_CARDS,
  SAMPLE_NOTIFICATION_CARDS,
  sampleIssueCard,
  sampleNotificationCard,
} from './sink-conformance.samples.js';

/** A running stand-in, and what a sink needs to reach it. One is started for every test. */
export interface SinkRig {
  readonly config: SinkConfig;
  /** Every one of them is searched for in everything that comes out. */
  readonly secrets: SinkSecrets;
  readonly environment: SinkEnvironment;
  /** What a person sees at the sink now, one text per message or alert, each holding all that it shows. */
  shown(): readonly string[];
  /** How many requests have come in. */
  requestCount(): number;
  /** Gives the next `count` requests no answer. */
  hold(count: number): void;
  /** Resolves when so many requests have come in altogether. */
  whenRequested(count: number): Promise<void>;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** One row of the vendor's table of answers: what the sink makes of it when it posts, and when it updates. */
export interface AnswerRow<Rig extends SinkRig> {
  readonly name: string;
  /** Makes the sink's next request meet this answer. */
  readonly arrange: (rig: Rig) => void | Promise<void>;
  readonly open: OutcomeKind;
  readonly update: OutcomeKind;
  /** Of a throttled outcome. */
  readonly waitMs?: number;
}

export interface SinkConformance<Rig extends SinkRig> {
  readonly definition: DeliveringSink;
  readonly start: () => Promise<Rig>;
  readonly answers: readonly AnswerRow<Rig>[];
}

let deliveries = 0;

/** A call that nobody aborts, of a delivery of its own, changed as given. */
export function sampleCall(change: Partial<SinkCall> = {}): SinkCall {
  deliveries += 1;
  return {
    deliveryId: `delivery-${deliveries}`,
    possibleDuplicate: false,
    signal: new AbortController().signal,
    ...change,
  };
}

/** The reference of a delivered reply; fails the test for any other. */
export function refOf(reply: SinkReply): RemoteRef {
  expect(reply.outcome).toMatchObject({ kind: 'delivered' });
  return (reply.outcome as Outcome & { kind: 'delivered' }).ref;
}

/** Everything written to the console and to both output streams from now on. */
export function captureOutput(): () => string {
  const lines: string[] = [];
  const keep = (...parts: unknown[]): true => {
    lines.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(keep);
  for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(keep);
  return () => lines.join('\n');
}

/**
 * What every sink that is delivered to must do, whoever its vendor is (of all sinks, `connection-tests.spec.ts` tries the connection test). Call it at the top of the sink's own `*.sink.spec.ts`; the rig is that
 * sink's stand-in. Needs no network beyond the loopback interface.
 */
export function describeSinkConformance<Rig extends SinkRig>(conformance: SinkConformance<Rig>): void {
  const { definition, start, answers } = conformance;

  describe(`every sink: ${definition.label}`, () => {
    let rig: Rig;
    let sink: Sink;
    let output: () => string;

    beforeEach(async () => {
      rig = await start();
      sink = definition.connect(rig.config, rig.secrets, rig.environment);
      output = captureOutput();
    });
    afterEach(async () => {
      await rig.stop();
      expect(output(), 'a sink writes nothing to the output').toBe('');
      vi.restoreAllMocks();
    });

    const expectNoSecret = (result: unknown): void => {
      const text = `${JSON.stringify(result)} ${String(result)}`;
      for (const secret of Object.values(rig.secrets)) expect(text).not.toContain(secret);
    };

    const expectReply = (reply: SinkReply, kind: OutcomeKind, row?: AnswerRow<Rig>): void => {
      expect(reply.outcome, row?.name).toMatchObject({ kind });
      expectNoSecret(reply);
      if (reply.outcome.kind === 'throttled' && row?.waitMs !== undefined)
        expect(reply.outcome.waitMs).toBe(row.waitMs);
      if ('reason' in reply.outcome) expect(reply.outcome.reason).toMatch(/^[A-Z].{15,}\.$/);
    };

    it('describes itself consistently', () => {
      expect(definition.sources).toContain(definition.defaultSource);
      expect(Object.keys(definition.display)).toEqual(Object.keys(definition.secrets.shape));
      expect(definition.config.safeParse(rig.config).data).toEqual(rig.config);
      expect(definition.secrets.safeParse(rig.secrets).data).toEqual(rig.secrets);
      for (const name of Object.keys(definition.secrets.shape))
        expect(definition.config.shape).not.toHaveProperty(name);
    });

    it('delivers an issue as one thing that opens, changes and closes', async () => {
      const opened = await sink.open(sampleIssueCard(), sampleCall());
      const ref = refOf(opened);
      expect(opened.httpStatus).toBeTypeOf('number');
      expect(opened.requestDigest).toMatch(/^[0-9a-f]{64}$/);
      expect(rig.shown()).toHaveLength(1);
      refOf(
        await sink.update(
          sampleIssueCard({ message: 'Disk usage is 98 %.', eventCount: 2 }),
          ref,
          sampleCall(),
        ),
      );
      expect(rig.shown()).toEqual([expect.stringContaining('Disk usage is 98 %.')]);
      refOf(await sink.close(closedIssueCard(), ref, sampleCall()));
      expect(rig.shown()).toHaveLength(1);
    });

    it('delivers a notification', async () => {
      refOf(await sink.notify(sampleNotificationCard(), sampleCall()));
      expect(rig.shown()).toEqual([expect.stringContaining('Cluster instances failed to provision')]);
    });

    it('marks a possible duplicate', async () => {
      refOf(await sink.open(sampleIssueCard(), sampleCall({ possibleDuplicate: true })));
      expect(rig.shown()).toEqual([expect.stringMatching(/possible duplicate/i)]);
    });

    it('formats every sample so that the vendor takes it at once', async () => {
      for (const card of SAMPLE_ISSUE_CARDS) refOf(await sink.open(card, sampleCall()));
      for (const card of SAMPLE_NOTIFICATION_CARDS) refOf(await sink.notify(card, sampleCall()));
      expect(rig.requestCount()).toBe(SAMPLE_ISSUE_CARDS.length + SAMPLE_NOTIFICATION_CARDS.length);
    });

    describe('makes of an answer to a post', () => {
      for (const row of answers) {
        it(`${row.name}: ${row.open}`, async () => {
          await row.arrange(rig);
          expectReply(await sink.open(sampleIssueCard(), sampleCall()), row.open, row);
        });
      }
    });

    describe('makes of an answer to an update', () => {
      for (const row of answers) {
        it(`${row.name}: ${row.update}`, async () => {
          const ref = refOf(await sink.open(sampleIssueCard(), sampleCall()));
          await row.arrange(rig);
          expectReply(await sink.update(sampleIssueCard(), ref, sampleCall()), row.update, row);
        });
      }
    });

    it('ends at the deadline as ambiguous, for the request was sent', async () => {
      rig.hold(1);
      const deadline = new AbortController();
      const opening = sink.open(sampleIssueCard(), sampleCall({ signal: deadline.signal }));
      await rig.whenRequested(1);
      deadline.abort();
      expectReply(await opening, 'ambiguous');
    });

    it('sends nothing when the deadline is over before', async () => {
      const reply = await sink.open(sampleIssueCard(), sampleCall({ signal: AbortSignal.abort() }));
      expectReply(reply, 'transient');
      expect(reply.requestDigest).toBeUndefined();
      expect(rig.requestCount()).toBe(0);
    });

    it('is surely not done when nobody listens', async () => {
      await rig.stop();
      expectReply(await sink.open(sampleIssueCard(), sampleCall()), 'transient');
      expectNoSecret(await sink.test(sampleCall()));
    });

    it('ends every call in a reply when the connections close while it sends', async () => {
      rig.hold(4);
      const calls = [1, 2, 3].map(() => sink.open(sampleIssueCard(), sampleCall()));
      const notifying = sink.notify(sampleNotificationCard(), sampleCall());
      await rig.whenRequested(4);
      await rig.stop();
      for (const reply of await Promise.all([...calls, notifying])) expectReply(reply, 'ambiguous');
    });

    it('fits huge and hostile texts into the limits, for posts and updates alike', async () => {
      await fc.assert(
        fc.asyncProperty(hostileText, hostileText, hostileText, async (message, name, kind) => {
          const before = rig.requestCount();
          const card = sampleIssueCard(
            { message, kind },
            { clusterName: name, nodeAddress: name, projectName: name },
          );
          const ref = refOf(await sink.open(card, sampleCall({ possibleDuplicate: true })));
          refOf(await sink.update(closedIssueCard(card), ref, sampleCall()));
          refOf(await sink.notify(sampleNotificationCard({ title: name, message }), sampleCall()));
          expect(rig.requestCount() - before, 'nothing had to be shortened at the vendor’s request').toBe(3);
        }),
        { numRuns: 25 },
      );
    });

    if (definition.supportsTest) {
      it('tests the connection without leaving anything to see, and without naming a secret', async () => {
        const report = await sink.test(sampleCall());
        expect(report.ok).toBe(true);
        expect(report.findings.length).toBeGreaterThan(0);
        expect(rig.shown()).toEqual([]);
        expectNoSecret(report);
      });
    }
  });
}
