import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { systemClock } from '../../domain/index.js';
import { closedIssueCard, sampleIssueCard } from '../../testing/sink-conformance.samples.js';
import { refOf, sampleCall, settled } from '../../testing/sink-conformance.js';
import { opsGenieSink } from './index.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';
const ALIAS = sampleIssueCard().issue.id;
const CLOSED = closedIssueCard();

describe('what reads back a closed alert', () => {
  let opsGenie: OpsGenieStandIn;
  const connect = (target: string) =>
    opsGenieSink.connect({}, { apiKey: KEY }, { apiUrl: opsGenie.url, clock: systemClock }, { target });
  const closed = async (target: string) => {
    const sink = connect(target);
    const ref = refOf(await settled(sink, sink.open(sampleIssueCard(), sampleCall())));
    refOf(await settled(sink, sink.close(CLOSED, ref, sampleCall())));
    opsGenie.calls.length = 0;
    return (signal = new AbortController().signal) => sink.readBack!(CLOSED, ref, sampleCall({ signal }));
  };
  const operations = () => opsGenie.calls.map(({ operation }) => operation);

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey(KEY);
  });
  afterEach(() => opsGenie.stop());

  it('asks OpsGenie for the alert, and changes nothing', async () => {
    const read = await closed('opsgenie');
    expect(await read()).toMatchObject({ state: 'closed', outcome: { kind: 'delivered' } });
    opsGenie.account.openByHand(ALIAS);
    expect(await read()).toMatchObject({ state: 'open' });
    expect(operations()).toEqual(['get-alert', 'get-alert']);
    expect(opsGenie.account.openAlert(ALIAS)).toBeDefined();
  });

  it('closes once more at JSM Operations, where an alert cannot be asked for', async () => {
    const read = await closed('jsm');
    expect(await read()).toMatchObject({ state: 'closed' });
    opsGenie.account.openByHand(ALIAS);
    expect(await read(), 'it had been open').toMatchObject({ state: 'open' });
    expect(opsGenie.account.openAlert(ALIAS)).toBeUndefined();
    expect(await read()).toMatchObject({ state: 'closed' });
    expect(new Set(operations())).toEqual(new Set(['close', 'request-status']));
  });

  it('names the right that the key lacks: to ask for an alert is one, to close it another', async () => {
    for (const [target, operation, right] of [
      ['opsgenie', 'get-alert', /access right Read:/],
      ['jsm', 'close', /access right Create and Update:/],
    ] as const) {
      const read = await closed(target);
      const body = { code: 40301, requestId: 'r' };
      opsGenie.faults.next(operation, { kind: 'answer', status: 403, body });
      const reply = await read();
      expect(reply.outcome).toMatchObject({ kind: 'unauthorized', reason: expect.stringMatching(right) });
      expect([reply.state, operations()]).toEqual([undefined, [operation]]);
    }
  });

  it('takes no other refusal of its close for a closed alert', async () => {
    const read = await closed('jsm');
    for (const status of ['Internal error', 'User not found']) {
      opsGenie.account.failNext('close', status);
      const reply = await read();
      expect(reply.state).toBeUndefined();
      expect(reply.outcome).toMatchObject({ kind: 'transient', reason: expect.stringContaining(status) });
    }
  });

  it('follows the second close until it is processed', async () => {
    const read = await closed('jsm');
    opsGenie.delay({ close: 400 });
    expect(await read()).toMatchObject({ state: 'closed' });
    expect(operations().length).toBeGreaterThan(2);
  });

  it('says nothing when there is no verdict until the deadline', async () => {
    const read = await closed('jsm');
    opsGenie.account.processing.hold();
    const deadline = new AbortController();
    const reading = read(deadline.signal);
    await opsGenie.whenCalled(2);
    deadline.abort();
    const reply = await reading;
    expect(reply.state).toBeUndefined();
    expect(reply.outcome).toMatchObject({ kind: 'transient' });
  });

  it.each([
    [{ kind: 'answer', status: 404, body: 'Not Found' }, 'transient'],
    [{ kind: 'answer', status: 404, body: { code: 404, message: 'HTTP 404 Not Found' } }, 'transient'],
    [{ kind: 'answer', status: 404, body: { code: 404, message: 'Alert does not exist' } }, 'transient'],
    [{ kind: 'answer', status: 503, body: {} }, 'transient'],
    [{ kind: 'answer', status: 200, body: { data: { status: 'sleeping' }, requestId: 'r' } }, 'transient'],
    [{ kind: 'html' }, 'transient'],
    [{ kind: 'drop' }, 'transient'],
    [{ kind: 'answer', status: 401, body: { requestId: 'r' } }, 'unauthorized'],
    [{ kind: 'answer', status: 429, body: {} }, 'throttled'],
  ] as const)('knows nothing of the alert after %j: %s', async (fault, kind) => {
    for (const target of ['opsgenie', 'jsm']) {
      const read = await closed(target);
      opsGenie.faults.next('*', fault);
      const reply = await read();
      expect(reply.state).toBeUndefined();
      expect(reply.outcome).toMatchObject({ kind });
    }
  });
});
