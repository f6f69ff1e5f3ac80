import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteRef } from '../domain/index.js';
import type { Sink } from '../sinks/index.js';
import { expectReply, receiptOf, refOf, sampleCall, settled } from './sink-conformance.calls.js';
import type { SinkConformance, SinkRig } from './sink-conformance.rig.js';
import { closedIssueCard, sampleIssueCard } from './sink-conformance.samples.js';

/** What a sink must do that is told later what became of its requests, or reads back what it has closed. */
export function describeVerdicts<Rig extends SinkRig>(conformance: SinkConformance<Rig>): void {
  const { definition, start, answers, givesReceipts = false, readBackSettings = [{}] } = conformance;
  if (!givesReceipts && !definition.traits.readsBack) return;

  describe(`what comes later: ${definition.label}`, () => {
    let rig: Rig;
    let sink: Sink;
    beforeEach(async () => {
      rig = await start();
      sink = definition.connect(rig.config, rig.secrets, rig.environment);
    });
    afterEach(() => rig.stop());

    if (givesReceipts) {
      it('says that a request was taken, and as long as there is no verdict says it again', async () => {
        const judgeAll = rig.withholdVerdicts!();
        const reply = await sink.open(sampleIssueCard(), sampleCall());
        expectReply(reply, 'ambiguous', rig);
        expect(reply.outcome).toMatchObject({ code: 'accepted' });
        const again = await sink.confirm!(receiptOf(reply)!, sampleCall());
        expect(receiptOf(again)).toEqual(receiptOf(reply));
        expectReply(again, 'ambiguous', rig);
        judgeAll();
        expect(refOf(await sink.confirm!(receiptOf(reply)!, sampleCall()))).toBeDefined();
      });

      it('can be asked for the same verdict by another connection, and twice', async () => {
        const receipt = receiptOf(await sink.open(sampleIssueCard(), sampleCall()))!;
        const stored = JSON.parse(JSON.stringify(receipt));
        const other = definition.connect(rig.config, rig.secrets, rig.environment);
        for (const asked of [other, other, sink]) refOf(await asked.confirm!(stored, sampleCall()));
      });

      describe('makes of an answer to the question for a verdict', () => {
        for (const row of answers) {
          it(`${row.name}: ${row.confirm}`, async () => {
            const receipt = receiptOf(await sink.open(sampleIssueCard(), sampleCall()))!;
            await row.arrange(rig);
            const reply = await sink.confirm!(receipt, sampleCall());
            expectReply(reply, row.confirm!, rig, row);
          });
        }
      });
    }

    if (definition.traits.readsBack) {
      it.each([...readBackSettings])(
        'finds closed what it closed, and open what was opened again: %j',
        async (settings) => {
          const reading = definition.connect(rig.config, rig.secrets, rig.environment, settings);
          const close = (ref: RemoteRef) =>
            settled(reading, reading.close(closedIssueCard(), ref, sampleCall()));
          const ref = refOf(await settled(reading, reading.open(sampleIssueCard(), sampleCall())));
          refOf(await close(ref));
          const read = () => reading.readBack!(closedIssueCard(), ref, sampleCall());
          expect(await read()).toMatchObject({ state: 'closed' });
          rig.openAgain!();
          expect(await read()).toMatchObject({ state: 'open', outcome: { kind: 'delivered' } });
          await close(ref);
          expect(await read()).toMatchObject({ state: 'closed' });
        },
      );
    }
  });
}
