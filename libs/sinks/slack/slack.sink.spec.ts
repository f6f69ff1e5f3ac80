import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackFault, type SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import {
  closedIssueCard,
  sampleIssueCard,
  sampleNotificationCard,
} from '../../testing/sink-conformance.samples.js';
import { refOf, sampleCall } from '../../testing/sink-conformance.js';
import type { StormCard } from '../cards.js';
import { slackSink } from './index.js';
import { CLOSED_COLOR, OPEN_COLOR } from './slack.message.js';
import { startSlackRig, TOKEN, type SlackRig } from './slack.rig.fixture.js';

const STORM: StormCard = {
  status: 'open',
  severity: 'warning',
  projectName: 'orders',
  since: new Date('2026-11-20T12:00:00Z'),
  updatedAt: new Date('2026-11-20T12:05:00Z'),
  total: 37,
  open: 12,
  items: [
    {
      kind: 'disk-usage',
      severity: 'warning',
      status: 'open',
      clusterName: 'orders-db',
      nodeAddress: null,
    },
  ],
  listUrl: null,
};

describe('the Slack sink', () => {
  let rig: SlackRig;
  let slack: SlackStandIn;
  const connect = (channelId = '#alerts', token = TOKEN) =>
    slackSink.connect({ channelId }, { token }, rig.environment);
  const only = () => {
    const [message, ...others] = slack.workspace.visibleMessages();
    expect(others).toEqual([]);
    if (!message) throw new Error('no message');
    return { ...message, shown: shownBy(message) };
  };

  beforeEach(async () => {
    rig = await startSlackRig();
    slack = rig.slack;
  });
  afterEach(() => rig.stop());

  it('turns one message from red to green, and keeps its metadata', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'd1' })));
    expect(only().shown.attachments[0]?.color).toBe(OPEN_COLOR);
    expect(ref).toEqual({ channel: 'C0000ALERTS', ts: only().ts, as: '#alerts' });
    refOf(await connect().close(closedIssueCard(), ref, sampleCall({ deliveryId: 'd1' })));
    expect(only().shown.attachments).toHaveLength(1);
    expect(only().shown.attachments[0]?.color).toBe(CLOSED_COLOR);
    expect(only().shown.text).toContain('closed after 12 min');
    expect(only().revisions.map((revision) => revision.metadata)).toEqual(
      [1, 2].map(() => ({ event_type: 'spillway_delivery', event_payload: { delivery_id: 'd1' } })),
    );
  });

  it('uses only its own token, and headers of its own', async () => {
    slack.workspace.addToken('xoxb-of-another-tenant');
    const [ours, theirs] = [connect(), connect('#alerts', 'xoxb-of-another-tenant')];
    const call = () => sampleCall();
    const open = (sink: typeof ours, projectName: string) =>
      sink.open(sampleIssueCard({}, { projectName }), call());
    await Promise.all([
      open(ours, 'ours'),
      open(theirs, 'theirs'),
      open(ours, 'ours'),
      open(theirs, 'theirs'),
    ]);
    expect(slack.requests).toHaveLength(4);
    for (const { token, form } of slack.requests) {
      expect(form['attachments']).toContain(token === TOKEN ? 'ours' : 'theirs');
    }
  });

  it('aborts only the call whose signal it is', async () => {
    rig.hold(1);
    const sink = connect();
    const deadline = new AbortController();
    const held = sink.open(sampleIssueCard(), sampleCall({ signal: deadline.signal }));
    await rig.whenRequested(1);
    const others = [1, 2, 3].map(() => sink.open(sampleIssueCard(), sampleCall()));
    deadline.abort(new Error('shutdown'));
    expect((await held).outcome).toMatchObject({ kind: 'ambiguous', code: 'aborted' });
    for (const reply of await Promise.all(others)) refOf(reply);
  });

  it('calls a stalled body ambiguous, for posts and updates', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall()));
    for (const act of ['open', 'update'] as const) {
      slack.faults.next('*', { kind: 'stall-body', landed: true });
      const deadline = new AbortController();
      const call = sampleCall({ signal: deadline.signal });
      const acting =
        act === 'open'
          ? connect().open(sampleIssueCard(), call)
          : connect().update(sampleIssueCard(), ref, call);
      const before = slack.requests.length;
      await slack.waitFor(() => slack.requests.length > before);
      setImmediate(() => deadline.abort());
      expect((await acting).outcome).toMatchObject({ kind: 'ambiguous' });
    }
  });

  it('sends a refused message once more in its shortest form', async () => {
    slack.faults.next('chat.postMessage', { kind: 'error', code: 'msg_blocks_too_long' });
    refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'd2' })));
    expect(only().shown.attachments).toEqual([
      expect.objectContaining({ color: OPEN_COLOR, text: expect.any(String) }),
    ]);
    expect(only().shown.metadata?.event_payload).toEqual({ delivery_id: 'd2' });
    expect(slack.requests).toHaveLength(2);
  });

  it('goes without metadata where a token may not send any', async () => {
    slack.faults.next('chat.postMessage', { kind: 'error', code: 'metadata_must_be_sent_from_app' });
    refOf(await connect().open(sampleIssueCard(), sampleCall()));
    expect(only().shown.metadata).toBeUndefined();
    expect(only().shown.attachments[0]?.blocks).toHaveLength(3);
  });

  it('posts afresh when the message is in a channel the integration has left', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall()));
    slack.workspace.changeChannel('alerts', { isArchived: true });
    const stayed = await connect().update(sampleIssueCard(), ref, sampleCall());
    expect(stayed.outcome).toMatchObject({ kind: 'gone', what: 'destination' });
    for (const elsewhere of ['C0000OTHERS', '#others']) {
      const moved = await connect(elsewhere).update(sampleIssueCard(), ref, sampleCall());
      expect(moved.outcome, elsewhere).toMatchObject({ kind: 'gone', what: 'message' });
    }
    const sameById = await connect('C0000ALERTS').update(sampleIssueCard(), ref, sampleCall());
    expect(sameById.outcome).toMatchObject({ kind: 'gone', what: 'destination' });
    const { as: _unknown, ...ofAnOlderHub } = ref;
    const byName = await connect('#others').update(sampleIssueCard(), ofAnOlderHub, sampleCall());
    expect(byName.outcome).toMatchObject({ kind: 'gone', what: 'destination' });
    const byId = await connect('C0000OTHERS').update(sampleIssueCard(), ofAnOlderHub, sampleCall());
    expect(byId.outcome).toMatchObject({ kind: 'gone', what: 'message' });
  });

  it('keeps with the message how its channel was called when it was posted', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall()));
    const renamed = connect('#others');
    expect(refOf(await renamed.update(sampleIssueCard(), ref, sampleCall()))).toEqual(ref);
    const { as: _unknown, ...ofAnOlderHub } = ref;
    expect(refOf(await connect().update(sampleIssueCard(), ofAnOlderHub, sampleCall()))).toEqual(
      ofAnOlderHub,
    );
  });

  it('keeps of every call what it was made of and what Slack said, and no secret', async () => {
    const opened = await connect().open(sampleIssueCard(), sampleCall());
    expect(opened.requestShape).toEqual({
      call: 'chat.postMessage',
      members: {
        channel: 'text(7)',
        text: expect.stringMatching(/^text\(\d+\)$/),
        attachments: 'list(1)',
        metadata: 'object(2)',
        parse: 'text(4)',
        unfurl_links: 'false',
        unfurl_media: 'false',
      },
    });
    const { channel, ts } = refOf(opened);
    expect(JSON.parse(opened.answer!)).toEqual({ ok: true, channel, ts });
    const updated = await connect().update(sampleIssueCard(), refOf(opened), sampleCall());
    expect(updated.requestShape).toMatchObject({ call: 'chat.update', members: { ts: 'text(17)' } });
    expect(updated.requestDigest).not.toBe(opened.requestDigest);
    const noticed = await connect().notify(sampleNotificationCard(), sampleCall());
    expect(noticed).toMatchObject({ requestDigest: expect.any(String), answer: expect.any(String) });
  });

  it.each<[string, SlackFault, string | undefined]>([
    ['a refusal', { kind: 'error', code: 'is_archived' }, '{"ok":false,"error":"is_archived"}'],
    ['a 429', { kind: 'rate-limit', retryAfter: 7 }, 'Retry-After: 7'],
    ['a 429 without a hint', { kind: 'rate-limit' }, 'Retry-After: not given'],
    ['a 503', { kind: 'http', status: 503, body: '<h1>Down</h1>' }, 'Down'],
    ['a page that shows the token', { kind: 'html' }, undefined],
    ['a refusal that names the token', { kind: 'error', code: TOKEN }, '{"ok":false,"error":"[token]"}'],
    ['nothing', { kind: 'empty' }, undefined],
    ['a dropped connection', { kind: 'drop' }, undefined],
  ])('keeps the request and the answer of %s', async (name, fault, answer) => {
    slack.faults.next('*', fault);
    const reply = await connect().open(sampleIssueCard(), sampleCall());
    expect(reply.requestDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(reply.requestShape?.call).toBe('chat.postMessage');
    if (name.startsWith('a page')) expect(reply.answer).toMatch(/^Sign in .*authorization.*\[token\]/);
    else expect(reply.answer).toBe(answer);
    expect(JSON.stringify(reply)).not.toContain(TOKEN.slice(0, 12));
  });

  it('turns the one summary of a storm from red to green, and finds it again after a lost answer', async () => {
    slack.faults.next('chat.postMessage', { kind: 'drop', landed: true });
    const since = new Date();
    const call = sampleCall({ deliveryId: 'storm' });
    const lost = await connect().summarise!(STORM, null, call);
    expect(lost.outcome.kind).toBe('ambiguous');
    const found = await connect('C0000ALERTS').recover(since, call);
    expect(found).toEqual({
      kind: 'found',
      ref: { channel: 'C0000ALERTS', ts: only().ts, as: 'C0000ALERTS' },
    });
    expect(only().shown.attachments[0]?.color).toBe(OPEN_COLOR);
    const ref = (found as Extract<typeof found, { kind: 'found' }>).ref;
    const closed = { ...STORM, status: 'closed', open: 0, items: [] } as const;
    expect(refOf(await connect().summarise!(closed, ref, call))).toEqual(ref);
    expect(only().shown.attachments[0]?.color).toBe(CLOSED_COLOR);
    expect(only().shown.text).toBe('37 issues opened at once, all closed after 5 min (project orders)');
    expect(only().revisions).toHaveLength(2);
  });

  it('says that the summary is gone when somebody deleted it, or left the channel', async () => {
    const ref = refOf(await connect().summarise!(STORM, null, sampleCall()));
    slack.workspace.delete(only().channel, only().ts);
    const gone = await connect().summarise!(STORM, ref, sampleCall());
    expect(gone.outcome).toMatchObject({ kind: 'gone', what: 'message' });
    slack.workspace.changeChannel('alerts', { isArchived: true });
    const archived = await connect().summarise!(STORM, null, sampleCall());
    expect(archived.outcome).toMatchObject({ kind: 'gone', what: 'destination', code: 'is_archived' });
  });

  it('has the pace that the operator sets', () => {
    const processSettings = { SPILLWAY_SLACK_POST_INTERVAL: 2_000, SPILLWAY_SLACK_UPDATES_PER_MINUTE: 0 };
    const environment = { ...rig.environment, processSettings };
    const sink = slackSink.connect({ channelId: '#alerts' }, { token: TOKEN }, environment);
    expect(sink.pace).toEqual({ open: { key: connect().pace?.open?.key, everyMs: 2_000, burst: 1 } });
    expect(connect().pace?.update).toMatchObject({ everyMs: 2_000, burst: 10 });
  });

  it('posts afresh when it does not know where the message is', async () => {
    const reply = await connect().update(sampleIssueCard(), {}, sampleCall());
    expect(reply.outcome).toMatchObject({ kind: 'gone', what: 'message' });
    expect(slack.requests).toEqual([]);
  });

  it('says which scope is missing', async () => {
    slack.workspace.addToken(TOKEN, { scopes: ['channels:read'] });
    const reply = await connect().open(sampleIssueCard(), sampleCall());
    expect(reply.outcome).toMatchObject({ kind: 'unauthorized', code: 'missing_scope' });
    expect(reply.outcome).toHaveProperty(
      'reason',
      expect.stringContaining('chat:write (it has channels:read)'),
    );
  });

  it('is transient where the host has no name or TLS is not spoken', async () => {
    for (const apiUrl of ['http://slack.invalid/api/', slack.apiUrl.replace('http:', 'https:')]) {
      const sink = slackSink.connect(
        { channelId: '#alerts' },
        { token: TOKEN },
        { ...rig.environment, apiUrl },
      );
      expect((await sink.open(sampleIssueCard(), sampleCall())).outcome).toMatchObject({ kind: 'transient' });
    }
  });

  it('refuses to connect with what its schemas refuse, without naming the token', () => {
    expect(() => connect('')).toThrow(/must name a channel/);
    expect(() => connect('#alerts', 'xoxb planted')).toThrow(/^(?!.*planted)/s);
  });
});
