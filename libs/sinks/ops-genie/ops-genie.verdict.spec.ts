import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { systemClock } from '../../domain/index.js';
import { closedIssueCard, sampleIssueCard } from '../../testing/sink-conformance.samples.js';
import { receiptOf, refOf, sampleCall, settled } from '../../testing/sink-conformance.js';
import { opsGenieSink } from './index.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';
const OTHER_KEY = 'planted-1123-4567-89ab-cdefgenie';
const ALIAS = sampleIssueCard().issue.id;
const CLOSED = closedIssueCard();

describe('what becomes of a request', () => {
  let opsGenie: OpsGenieStandIn;
  const connect = ({ key = KEY, target = 'opsgenie' } = {}) =>
    opsGenieSink.connect({}, { apiKey: key }, { apiUrl: opsGenie.url, clock: systemClock }, { target });
  const opened = async (of = {}) => {
    const sink = connect(of);
    return refOf(await settled(sink, sink.open(sampleIssueCard(), sampleCall())));
  };

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey(KEY);
    opsGenie.addKey(OTHER_KEY);
  });
  afterEach(() => opsGenie.stop());

  it.each(['User not found', 'Not found', 'The schedule does not exist', 'Integration already closed'])(
    'is refused, and says nothing of the alert, for “%s”',
    async (status) => {
      const ref = await opened();
      const sink = connect();
      for (const [action, change] of [
        ['note', () => sink.update(sampleIssueCard(), ref, sampleCall())],
        ['close', () => sink.close(CLOSED, ref, sampleCall())],
      ] as const) {
        opsGenie.account.failNext(action, status);
        const { outcome } = await settled(sink, change());
        expect(outcome).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(status) });
      }
    },
  );

  it.each(['Alert does not exist', 'Alert not found', 'Alert is already closed', 'No such alert'])(
    'ends the alert for “%s”, but not a create',
    async (status) => {
      const ref = await opened();
      const sink = connect();
      opsGenie.account.failNext('*', status, 3);
      const noted = await settled(sink, sink.update(sampleIssueCard(), ref, sampleCall()));
      expect(noted.outcome).toMatchObject({ kind: 'gone', what: 'ended' });
      refOf(await settled(sink, sink.close(CLOSED, ref, sampleCall())));
      const created = await settled(sink, sink.open(sampleIssueCard(), sampleCall()));
      expect(created.outcome).toMatchObject({ kind: 'rejected', code: 'not_processed' });
    },
  );

  it('is told at once by OpsGenie’s own 404, and by nobody else’s', async () => {
    const ref = await opened();
    const sink = connect();
    const refuse = (body: object) => opsGenie.faults.next('*', { kind: 'answer', status: 404, body });
    for (const body of [
      { code: 404, message: 'HTTP 404 Not Found' },
      { code: 404, message: 'Alert does not exist' },
      { message: 'User not found', requestId: 'r' },
    ]) {
      for (const of of ['jsm', 'opsgenie']) {
        refuse(body);
        const { outcome } = await connect({ target: of }).close(CLOSED, { ...ref, target: of }, sampleCall());
        expect(outcome, JSON.stringify(body)).toMatchObject({ kind: 'transient' });
      }
    }
    const own = { message: 'Alert does not exist', requestId: 'r' };
    refuse(own);
    refOf(await sink.close(CLOSED, ref, sampleCall()));
    refuse(own);
    const noted = await sink.update(sampleIssueCard(), ref, sampleCall());
    expect(noted.outcome).toMatchObject({ kind: 'gone', what: 'ended' });
    refuse(own);
    const created = await sink.open(sampleIssueCard(), sampleCall());
    expect(created.outcome).toMatchObject({ kind: 'gone', what: 'destination' });
  });

  it('is not known without an id of the request: then a note counts as added, for it would be there twice', async () => {
    const ref = await opened();
    const sink = connect();
    const body = { result: 'Request will be processed' };
    opsGenie.faults.next('*', { kind: 'answer', status: 202, body }, 3);
    expect((await sink.open(sampleIssueCard(), sampleCall())).outcome).toMatchObject({ kind: 'ambiguous' });
    expect((await sink.close(CLOSED, ref, sampleCall())).outcome).toMatchObject({ kind: 'ambiguous' });
    expect(refOf(await sink.update(sampleIssueCard(), ref, sampleCall()))).toEqual(ref);
    opsGenie.faults.next('*', { kind: 'answer', status: 202, headers: { 'x-request-id': 'h' }, body }, 1);
    expect(receiptOf(await sink.update(sampleIssueCard(), ref, sampleCall()))).toMatchObject({
      requestId: 'h',
    });
  });

  it('is not asked for at another service, or with another key: it is as good as lost', async () => {
    const receipt = receiptOf(await connect().open(sampleIssueCard(), sampleCall()))!;
    const before = opsGenie.calls.length;
    for (const of of [{ target: 'jsm' }, { target: 'opsgenie-eu' }, { key: OTHER_KEY }]) {
      const { outcome } = await connect(of).confirm!(receipt, sampleCall());
      expect(outcome).toEqual({
        kind: 'ambiguous',
        code: 'other_account',
        reason: expect.stringContaining('sent again'),
      });
    }
    expect(opsGenie.calls).toHaveLength(before);
    expect(JSON.stringify(receipt)).not.toContain(KEY);
  });

  it('is a fresh alert where the key is another account’s, and goes on where it is the same one’s', async () => {
    const ref = await opened();
    const sink = connect({ key: OTHER_KEY });
    const noted = refOf(await settled(sink, sink.update(sampleIssueCard(), ref, sampleCall())));
    expect([noted['key'], noted['key'] === ref['key']]).toEqual([expect.any(String), false]);
    opsGenie.account.closeByHand(ALIAS);
    const elsewhere = await settled(sink, sink.update(sampleIssueCard(), ref, sampleCall()));
    expect(elsewhere.outcome).toMatchObject({ kind: 'gone', what: 'message' });
    const own = { message: 'Alert does not exist', requestId: 'r' };
    opsGenie.faults.next('note', { kind: 'answer', status: 404, body: own });
    const atOnce = await sink.update(sampleIssueCard(), ref, sampleCall());
    expect(atOnce.outcome).toMatchObject({ kind: 'gone', what: 'message' });
    const byHand = await settled(sink, sink.update(sampleIssueCard(), noted, sampleCall()));
    expect(byHand.outcome).toMatchObject({ kind: 'gone', what: 'ended' });
  });

  it('cannot be told where JSM Operations does not say it', async () => {
    opsGenie.rules.jsmTellsStatus = false;
    const sink = connect({ target: 'jsm' });
    const receipt = receiptOf(await sink.open(sampleIssueCard(), sampleCall()))!;
    expect((await sink.confirm!(receipt, sampleCall())).outcome).toMatchObject({ kind: 'transient' });
  });
});
