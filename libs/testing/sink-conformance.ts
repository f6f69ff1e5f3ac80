import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutcomeKind } from '../domain/index.js';
import type { Sink, SinkReply } from '../sinks/index.js';
import {
  captureOutput,
  expectNoSecret,
  expectReply,
  refOf,
  sampleCall,
  settled,
} from './sink-conformance.calls.js';
import type { AnswerRow, SinkConformance, SinkRig } from './sink-conformance.rig.js';
import {
  closedIssueCard,
  hostileText,
  SAMPLE_ISSUE_CARDS,
  SAMPLE_NOTIFICATION_CARDS,
  sampleIssueCard,
  sampleNotificationCard,
} from './sink-conformance.samples.js';
import { describeVerdicts } from './sink-conformance.verdicts.js';

export { captureOutput, receiptOf, refOf, sampleCall, settled } from './sink-conformance.calls.js';
export type { AnswerRow, SinkRig } from './sink-conformance.rig.js';

/**
 * What every sink that is delivered to must do, whoever its vendor is (of all sinks, `connection-tests.spec.ts` tries the connection test). Call it at the top of the sink's own `*.sink.spec.ts`; the rig is that
 * sink's stand-in. Needs no network beyond the loopback interface.
 */
export function describeSinkConformance<Rig extends SinkRig>(conformance: SinkConformance<Rig>): void {
  const { definition, start, answers } = conformance;
  // The question for the verdict is the second one.
  const requestsPerCall = conformance.givesReceipts ? 2 : 1;

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

    const expectEnd = (reply: SinkReply, kind: OutcomeKind, row?: AnswerRow<Rig>): void =>
      expectReply(reply, kind, rig, row);
    const opened = (): Promise<SinkReply> => settled(sink, sink.open(sampleIssueCard(), sampleCall()));

    it('describes itself consistently', () => {
      expect(definition.sources).toContain(definition.defaultSource);
      expect(Object.keys(definition.display)).toEqual(Object.keys(definition.secrets.shape));
      expect(definition.config.safeParse(rig.config).data).toEqual(rig.config);
      expect(definition.secrets.safeParse(rig.secrets).data).toEqual(rig.secrets);
      for (const name of Object.keys(definition.secrets.shape))
        expect(definition.config.shape).not.toHaveProperty(name);
    });

    it('delivers an issue as one thing that opens, changes and closes', async () => {
      const opening = await sink.open(sampleIssueCard(), sampleCall());
      expect(opening.httpStatus).toBeTypeOf('number');
      expect(opening.requestDigest).toMatch(/^[0-9a-f]{64}$/);
      expect(opening.requestShape).toMatchObject({ call: expect.any(String) });
      expectNoValue(opening);
      const ref = refOf(await settled(sink, Promise.resolve(opening)));
      expect(rig.shown()).toHaveLength(1);
      const changed = sampleIssueCard({ message: 'Disk usage is 98 %.', eventCount: 2 });
      refOf(await settled(sink, sink.update(changed, ref, sampleCall())));
      expect(rig.shown()).toEqual([expect.stringContaining('Disk usage is 98 %.')]);
      refOf(await settled(sink, sink.close(closedIssueCard(), ref, sampleCall())));
      expect(rig.shown()).toHaveLength(1);
    });

    it('delivers a notification', async () => {
      refOf(await settled(sink, sink.notify(sampleNotificationCard(), sampleCall())));
      expect(rig.shown()).toEqual([expect.stringContaining('Cluster instances failed to provision')]);
    });

    if (!definition.traits.keyed) {
      it('marks a possible duplicate', async () => {
        refOf(await sink.open(sampleIssueCard(), sampleCall({ possibleDuplicate: true })));
        expect(rig.shown()).toEqual([expect.stringMatching(/possible duplicate/i)]);
      });
    } else {
      it('shows what was opened or sent twice once', async () => {
        for (let time = 1; time <= 2; time += 1) {
          refOf(await opened());
          refOf(await settled(sink, sink.notify(sampleNotificationCard(), sampleCall())));
        }
        expect(rig.shown()).toHaveLength(2);
      });
    }

    it('formats every sample so that the vendor takes it at once', async () => {
      const sent = [
        ...SAMPLE_ISSUE_CARDS.map((card) => () => sink.open(card, sampleCall())),
        ...SAMPLE_NOTIFICATION_CARDS.map((card) => () => sink.notify(card, sampleCall())),
      ];
      for (const send of sent) refOf(await settled(sink, send()));
      expect(rig.requestCount()).toBe(sent.length * requestsPerCall);
    });

    describe('makes of an answer to a post', () => {
      for (const row of answers) {
        it(`${row.name}: ${row.open}`, async () => {
          await row.arrange(rig);
          expectEnd(await sink.open(sampleIssueCard(), sampleCall()), row.open, row);
        });
      }
    });

    describe('makes of an answer to an update', () => {
      for (const row of answers) {
        it(`${row.name}: ${row.update}`, async () => {
          const ref = refOf(await opened());
          await row.arrange(rig);
          expectEnd(await sink.update(sampleIssueCard(), ref, sampleCall()), row.update, row);
        });
      }
    });

    it('ends at the deadline as ambiguous, for the request was sent', async () => {
      rig.hold(1);
      const deadline = new AbortController();
      const opening = sink.open(sampleIssueCard(), sampleCall({ signal: deadline.signal }));
      await rig.whenRequested(1);
      deadline.abort();
      expectEnd(await opening, 'ambiguous');
    });

    it('sends nothing when the deadline is over before', async () => {
      const reply = await sink.open(sampleIssueCard(), sampleCall({ signal: AbortSignal.abort() }));
      expectEnd(reply, 'transient');
      expect(reply.requestDigest).toBeUndefined();
      expect(rig.requestCount()).toBe(0);
    });

    it('is surely not done when nobody listens', async () => {
      await rig.stop();
      expectEnd(await sink.open(sampleIssueCard(), sampleCall()), 'transient');
      expectNoSecret(await sink.test(sampleCall()), rig);
    });

    it('ends every call in a reply when the connections close while it sends', async () => {
      rig.hold(4);
      const calls = [1, 2, 3].map(() => sink.open(sampleIssueCard(), sampleCall()));
      const notifying = sink.notify(sampleNotificationCard(), sampleCall());
      await rig.whenRequested(4);
      await rig.stop();
      for (const reply of await Promise.all([...calls, notifying])) expectEnd(reply, 'ambiguous');
    });

    it('fits huge and hostile texts into the limits, for posts and updates alike', async () => {
      await fc.assert(
        fc.asyncProperty(hostileText, hostileText, hostileText, async (message, name, kind) => {
          const before = rig.requestCount();
          const card = sampleIssueCard(
            { message, kind },
            { clusterName: name, nodeAddress: name, projectName: name },
          );
          const call = sampleCall({ possibleDuplicate: !definition.traits.keyed });
          const ref = refOf(await settled(sink, sink.open(card, call)));
          refOf(await settled(sink, sink.update(closedIssueCard(card), ref, sampleCall())));
          const notification = sampleNotificationCard({ title: name, message });
          refOf(await settled(sink, sink.notify(notification, sampleCall())));
          const requests = rig.requestCount() - before;
          expect(requests, 'nothing had to be shortened at the vendor’s request').toBe(3 * requestsPerCall);
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
        expectNoSecret(report, rig);
      });
    }
  });

  describeVerdicts(conformance);
}

/** What identifies the sample, and what it says, is nowhere in the shape of its request. */
function expectNoValue({ requestShape }: SinkReply): void {
  const text = JSON.stringify(requestShape);
  for (const value of [sampleIssueCard().issue.id, 'Disk usage', 'orders', 'example'])
    expect(text).not.toContain(value);
}
