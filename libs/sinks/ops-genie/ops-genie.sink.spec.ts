import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import type { Fault } from '../../../apps/sandbox/stand-in/index.js';
import { systemClock, type OutcomeKind } from '../../domain/index.js';
import { ManualClock } from '../../testing/manual-clock.js';
import {
  closedIssueCard,
  sampleIssueCard,
  sampleNotificationCard,
} from '../../testing/sink-conformance.samples.js';
import {
  describeSinkConformance,
  receiptOf,
  refOf,
  sampleCall,
  settled,
  type AnswerRow,
  type SinkRig,
} from '../../testing/sink-conformance.js';
import type { SinkSettings } from '../sink.js';
import { opsGenieSink } from './index.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';

interface OpsGenieRig extends SinkRig {
  readonly opsGenie: OpsGenieStandIn;
}

async function start(): Promise<OpsGenieRig> {
  const opsGenie = new OpsGenieStandIn();
  await opsGenie.start();
  opsGenie.addKey(KEY);
  const { account } = opsGenie;
  return {
    opsGenie,
    config: {},
    secrets: { apiKey: KEY },
    environment: { apiUrl: opsGenie.url, clock: systemClock },
    shown: () => opsGenie.alerts.map((alert) => JSON.stringify(alert)),
    requestCount: () => opsGenie.calls.length,
    hold: (count) => opsGenie.faults.next('*', { kind: 'hang' }, count),
    whenRequested: (count) => opsGenie.whenCalled(count),
    openAgain: () => void account.openByHand(opsGenie.alerts[0]!.alias),
    withholdVerdicts: () => {
      account.processing.hold();
      return () => account.processing.release();
    },
    stop: () => opsGenie.stop(),
  };
}

type Ends = Partial<Pick<AnswerRow<OpsGenieRig>, 'update' | 'confirm' | 'waitMs'>>;

/** `open` is what all calls come to that `ends` does not name. */
const row = (name: string, fault: Fault, open: OutcomeKind, ends: Ends = {}): AnswerRow<OpsGenieRig> => ({
  name,
  arrange: ({ opsGenie }) => opsGenie.faults.next('*', fault),
  open,
  update: open,
  confirm: open,
  ...ends,
});
const own = { message: 'm', took: 0, requestId: 'r' };
const gateway = { code: 404, message: 'HTTP 404 Not Found' };
const asked = { confirm: 'transient' } as const;
const answer = (status: number, body: unknown, open: OutcomeKind, ends: Ends = {}) =>
  row(`HTTP ${status} ${JSON.stringify(body)}`, { kind: 'answer', status, body }, open, ends);
const throttled = (headers: Readonly<Record<string, string>>, waitMs: number) =>
  row(
    `429 with ${JSON.stringify(headers)}`,
    { kind: 'answer', status: 429, headers, body: own },
    'throttled',
    {
      waitMs,
    },
  );
const period = (seconds: string) => ({ 'x-ratelimit-period-in-sec': seconds });

describeSinkConformance<OpsGenieRig>({
  definition: opsGenieSink,
  start,
  givesReceipts: true,
  readBackSettings: [{}, { target: 'opsgenie-eu' }, { target: 'jsm' }],
  answers: [
    throttled(period('1'), 1_000),
    throttled(period('60'), 60_000),
    throttled({}, 60_000),
    throttled(period('soon'), 60_000),
    throttled(period('0'), 60_000),
    throttled(period('9'.repeat(30)), 3_600_000),
    throttled({ 'retry-after': '30' }, 30_000),
    throttled({ 'retry-after': '30', ...period('1') }, 30_000),
    throttled({ 'retry-after': 'Fri, 20 Nov 2026 12:00:00 GMT', ...period('2') }, 2_000),
    answer(202, { result: 'Request will be processed' }, 'ambiguous', { update: 'delivered', ...asked }),
    answer(202, '', 'ambiguous', { update: 'delivered', ...asked }),
    answer(200, own, 'ambiguous', asked),
    answer(200, 'null', 'ambiguous', asked),
    answer(200, '{"requestId":"r', 'ambiguous', asked),
    answer(200, '{"requestId":""}', 'ambiguous', asked),
    answer(400, own, 'rejected', asked),
    answer(400, gateway, 'transient'),
    answer(400, { ...own, errors: { message: KEY } }, 'rejected', asked),
    answer(422, { ...own, errors: { priority: 'should be one of [ P1 ]' } }, 'rejected', asked),
    answer(422, { ...own, errors: { tags: { deep: true } } }, 'rejected', asked),
    answer(422, { ...own, message: 'Key format is not valid!' }, 'unauthorized'),
    answer(401, { ...own, message: KEY }, 'unauthorized'),
    answer(402, own, 'unauthorized'),
    answer(403, { ...own, code: 40301 }, 'unauthorized'),
    answer(403, { ...own, code: 40302 }, 'unauthorized'),
    answer(401, { code: 401, message: 'Unauthorized' }, 'unauthorized'),
    answer(401, 'Unauthorized', 'transient'),
    answer(404, own, 'gone', { update: 'transient', ...asked }),
    answer(404, { ...own, message: 'Alert does not exist' }, 'gone', asked),
    answer(404, gateway, 'gone', { update: 'transient', ...asked }),
    answer(404, 'Not Found', 'transient'),
    answer(410, own, 'gone', { update: 'transient', ...asked }),
    answer(405, own, 'transient'),
    answer(409, own, 'transient'),
    answer(415, own, 'transient'),
    answer(408, own, 'ambiguous', asked),
    answer(413, own, 'rejected', asked),
    answer(500, own, 'ambiguous', asked),
    answer(501, own, 'ambiguous', asked),
    answer(503, 'Service Unavailable', 'ambiguous', asked),
    row('503 that took effect', { kind: 'answer', status: 503, body: own, landed: true }, 'ambiguous', asked),
    row('HTML with HTTP 200, naming the key', { kind: 'html' }, 'ambiguous', asked),
    row('HTML with HTTP 200 after the effect', { kind: 'html', landed: true }, 'ambiguous', asked),
    row('HTML with HTTP 403', { kind: 'html', status: 403 }, 'transient'),
    row('HTML with HTTP 502', { kind: 'html', status: 502 }, 'ambiguous', asked),
    row('a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'transient'),
    row('a dropped connection', { kind: 'drop' }, 'ambiguous', asked),
    row('a connection dropped after the effect', { kind: 'drop', landed: true }, 'ambiguous', asked),
  ],
});

describe('the OpsGenie sink', () => {
  let rig: OpsGenieRig;
  let opsGenie: OpsGenieStandIn;
  const connect = (settings: SinkSettings = {}, apiKey = KEY) =>
    opsGenieSink.connect({}, { apiKey }, rig.environment, settings);
  const open = (settings: SinkSettings = {}, card = sampleIssueCard()) => {
    const sink = connect(settings);
    return settled(sink, sink.open(card, sampleCall()));
  };

  beforeEach(async () => {
    rig = await start();
    opsGenie = rig.opsGenie;
  });
  afterEach(() => rig.stop());

  it.each([
    ['opsgenie', ''],
    ['opsgenie-eu', ''],
    ['jsm', '/jsm/ops/integration'],
  ])('creates, notes and closes by the issue’s id: %s', async (target, path) => {
    const sink = connect({ target });
    const { id } = sampleIssueCard().issue;
    const ref = refOf(await open({ target }));
    const key = expect.stringMatching(/^[0-9a-f]{12}$/);
    expect(ref).toEqual({ alias: id, target, key, alertId: opsGenie.alerts[0]!.id });
    refOf(await settled(sink, sink.update(sampleIssueCard({ message: 'worse' }), ref, sampleCall())));
    refOf(await settled(sink, sink.close(closedIssueCard(), ref, sampleCall())));
    expect(opsGenie.alerts).toMatchObject([{ alias: id, status: 'closed', priority: 'P1' }]);
    expect(opsGenie.alerts[0]!.notes.map(({ note }) => note)).toEqual([
      expect.stringMatching(/^Critical: worse\n/),
      expect.stringMatching(/Closed .* after 12 min/),
    ]);
    expect(new Set(opsGenie.calls.map(({ credential }) => credential))).toEqual(new Set([KEY]));
    for (const call of opsGenie.calls) expect(call.path).toMatch(new RegExp(`^${path}/v2/alerts`));
  });

  it('gives severities the priorities of the integration, and drills the last', async () => {
    const settings = { priorities: { critical: 'P2' }, filter: { of: 'others' } };
    await open(settings, sampleIssueCard({ id: 'a' }));
    await open(settings, sampleIssueCard({ id: 'b', severity: 'warning' }));
    await open(settings, sampleIssueCard({ id: 'c', severity: 'info' }));
    await open(settings, sampleIssueCard({ id: 'd', drillOf: 'integration' }));
    expect(opsGenie.alerts.map(({ priority }) => priority)).toEqual(['P2', 'P3', 'P5', 'P5']);
    expect(opsGenie.alerts[3]).toMatchObject({
      message: expect.stringMatching(/^\[DRILL\] /),
      tags: expect.arrayContaining(['spillway-drill']),
    });
    expect(() => connect({ priorities: { critical: 'P0' } })).toThrow(/P1, P2, P3, P4, P5/);
    expect(() => connect({ target: 'elsewhere' })).toThrow(/opsgenie, opsgenie-eu, jsm/);
  });

  it('leaves the alert of a notification open, under an alias of its own', async () => {
    const sink = connect();
    refOf(await settled(sink, sink.notify(sampleNotificationCard(), sampleCall())));
    expect(opsGenie.alerts).toMatchObject([
      { alias: sampleNotificationCard().notification.id, status: 'open' },
    ]);
  });

  it('repeats why a create was refused after it was taken, and never the key', async () => {
    opsGenie.account.failNext('create', `Integration [${KEY}] ignores it by a filter`);
    expect((await open()).outcome).toEqual({
      kind: 'rejected',
      code: 'not_processed',
      reason: expect.stringContaining('Integration [[apiKey]] ignores it by a filter'),
    });
    expect(opsGenie.alerts).toEqual([]);
  });

  it('finds that a person ended the alert, by the verdict on a note', async () => {
    const sink = connect();
    const ref = refOf(await open());
    opsGenie.account.closeByHand(sampleIssueCard().issue.id);
    const noted = await settled(sink, sink.update(sampleIssueCard(), ref, sampleCall()));
    expect(noted.outcome).toMatchObject({ kind: 'gone', what: 'ended' });
    refOf(await settled(sink, sink.close(closedIssueCard(), ref, sampleCall())));
  });

  it('says which member OpsGenie refuses, in its words', async () => {
    const errors = { priority: 'should be one of [ P1 ]', message: KEY };
    opsGenie.faults.next('create', { kind: 'answer', status: 422, body: { ...own, errors } });
    const reply = await connect().open(sampleIssueCard(), sampleCall());
    expect(reply.outcome).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('priority should be one of [ P1 ]; message [apiKey]'),
    });
    expect(reply.answer).toContain('should be one of');
    expect(JSON.stringify(reply)).not.toContain(KEY);
  });

  it('asks again when the status is not there yet, whether a header says so or the text', async () => {
    const receipt = receiptOf(await connect().open(sampleIssueCard(), sampleCall()))!;
    const said = 'Request not found. It might not be processed, yet.';
    const headers = { 'x-opsgenie-errortype': 'RequestNotProcessed' };
    for (const more of [{ headers, body: own }, { body: { ...own, message: said } }]) {
      opsGenie.faults.next('request-status', { kind: 'answer', status: 404, ...more });
      const reply = await connect().confirm!(receipt, sampleCall());
      expect(reply.outcome).toMatchObject({ kind: 'ambiguous', code: 'accepted', receipt });
    }
    expect((await connect().confirm!({}, sampleCall())).outcome).toEqual({
      kind: 'ambiguous',
      code: 'no_receipt',
      reason: expect.any(String),
    });
  });

  it('keeps the receipt of a call that warns of the limit, and is quiet for the period', async () => {
    const clock = new ManualClock();
    const sink = opsGenieSink.connect({}, { apiKey: KEY }, { ...rig.environment, clock });
    const headers = { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-period-in-sec': '60' };
    const body = { result: 'Request will be processed', took: 0, requestId: 'r-1' };
    opsGenie.faults.next('create', { kind: 'answer', status: 202, headers, body, landed: true });
    const reply = await sink.open(sampleIssueCard(), sampleCall());
    expect(receiptOf(reply)).toMatchObject({ requestId: 'r-1', action: 'create' });
    clock.advance(20_000);
    const next = await sink.open(sampleIssueCard(), sampleCall());
    expect(next.outcome).toMatchObject({ kind: 'throttled', waitMs: 40_000 });
    expect([next.requestDigest, opsGenie.calls.length]).toEqual([undefined, 1]);
    clock.advance(40_000);
    refOf(await settled(sink, sink.open(sampleIssueCard(), sampleCall())));
  });

  it('opens afresh when the integration was turned to another service', async () => {
    const ref = refOf(await open());
    const before = opsGenie.calls.length;
    const jsm = connect({ target: 'jsm' });
    for (const reply of [
      await jsm.update(sampleIssueCard(), ref, sampleCall()),
      await jsm.readBack!(closedIssueCard(), ref, sampleCall()),
    ])
      expect(reply.outcome).toMatchObject({ kind: 'gone', what: 'message' });
    expect(opsGenie.calls).toHaveLength(before);
  });

  it('is transient where the host has no name or TLS is not spoken', async () => {
    for (const apiUrl of ['http://opsgenie.invalid', opsGenie.url.replace('http:', 'https:')]) {
      const sink = opsGenieSink.connect({}, { apiKey: KEY }, { ...rig.environment, apiUrl });
      expect((await sink.open(sampleIssueCard(), sampleCall())).outcome).toMatchObject({ kind: 'transient' });
    }
  });
});
