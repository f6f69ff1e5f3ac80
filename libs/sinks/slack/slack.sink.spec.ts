import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, SlackStandIn, type SlackFault } from '../../../apps/sandbox/slack/index.js';
import { systemClock, type OutcomeKind } from '../../domain/index.js';
import {
  closedIssueCard,
  sampleIssueCard,
  sampleNotificationCard,
} from '../../testing/sink-conformance.samples.js';
import {
  describeSinkConformance,
  refOf,
  sampleCall,
  type AnswerRow,
  type SinkRig,
} from '../../testing/sink-conformance.js';
import type { StormCard } from '../sink.js';
import { slackSink } from './index.js';
import { CLOSED_COLOR, OPEN_COLOR } from './slack.message.js';

const TOKEN = 'xoxb-planted-0123456789-secret';
const ALL_SCOPES = ['chat:write', 'channels:read', 'groups:read', 'channels:history', 'groups:history'];

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

interface SlackRig extends SinkRig {
  readonly slack: SlackStandIn;
}

async function start(channelId = '#alerts', scopes: readonly string[] = ALL_SCOPES): Promise<SlackRig> {
  const slack = new SlackStandIn();
  await slack.start();
  slack.workspace.addToken(TOKEN, { scopes });
  slack.workspace.addChannel('alerts', { id: 'C0000ALERTS' });
  return {
    slack,
    config: { channelId },
    secrets: { token: TOKEN },
    environment: { apiUrl: slack.apiUrl, clock: systemClock },
    shown: () => slack.workspace.visibleMessages().map((message) => JSON.stringify(shownBy(message))),
    requestCount: () => slack.requests.length,
    hold: (count) => slack.faults.next('*', { kind: 'slow-headers' }, count),
    whenRequested: async (count) => void (await slack.waitFor(() => slack.requests.length >= count)),
    stop: () => slack.stop(),
  };
}

const row = (
  name: string,
  fault: SlackFault,
  open: OutcomeKind,
  update: OutcomeKind = open,
  waitMs?: number,
): AnswerRow<SlackRig> => ({
  name,
  arrange: ({ slack }) => slack.faults.next('*', fault, 2),
  open,
  update,
  ...(waitMs === undefined ? {} : { waitMs }),
});
const code = (
  error: string,
  open: OutcomeKind,
  update: OutcomeKind = open,
  waitMs?: number,
): AnswerRow<SlackRig> => row(error, { kind: 'error', code: error }, open, update, waitMs);

describeSinkConformance<SlackRig>({
  definition: slackSink,
  start,
  answers: [
    row('429 with Retry-After', { kind: 'rate-limit', retryAfter: 7 }, 'throttled', 'throttled', 7_000),
    row('429 without Retry-After', { kind: 'rate-limit' }, 'throttled', 'throttled', 30_000),
    row(
      '429 with a meaningless Retry-After',
      { kind: 'rate-limit', retryAfter: 'soon' },
      'throttled',
      'throttled',
      30_000,
    ),
    row('429 with Retry-After 0', { kind: 'rate-limit', retryAfter: 0 }, 'throttled', 'throttled', 30_000),
    row(
      '429 with an absurd Retry-After',
      { kind: 'rate-limit', retryAfter: '9'.repeat(30) },
      'throttled',
      'throttled',
      86_400_000,
    ),
    row('HTTP 500', { kind: 'http', status: 500 }, 'ambiguous', 'transient'),
    row('HTTP 502', { kind: 'http', status: 502, body: '<html>' }, 'ambiguous', 'transient'),
    row('HTTP 503 that took effect', { kind: 'http', status: 503, landed: true }, 'ambiguous', 'transient'),
    row('HTTP 403 of a proxy', { kind: 'http', status: 403 }, 'transient'),
    row(
      'HTTP 401 with a code of Slack',
      { kind: 'http', status: 401, body: '{"ok":false,"error":"invalid_auth"}' },
      'unauthorized',
    ),
    row('a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'transient'),
    row('a dropped connection', { kind: 'drop' }, 'ambiguous'),
    row('a connection dropped after the effect', { kind: 'drop', landed: true }, 'ambiguous'),
    row('HTML with HTTP 200, naming the token', { kind: 'html' }, 'ambiguous', 'transient'),
    row('nothing with HTTP 200', { kind: 'empty' }, 'ambiguous', 'transient'),
    row('plain text with HTTP 200', { kind: 'body', body: 'blocked' }, 'ambiguous', 'transient'),
    row('null', { kind: 'body', body: 'null' }, 'ambiguous', 'transient'),
    row('half a JSON', { kind: 'body', body: '{"ok":true,"chan' }, 'ambiguous', 'transient'),
    row('a success without channel and ts', { kind: 'body', body: '{"ok":true}' }, 'ambiguous', 'transient'),
    row('a refusal without a code', { kind: 'body', body: '{"ok":false}' }, 'ambiguous', 'transient'),
    row('a refusal that echoes the token', { kind: 'error', code: TOKEN }, 'ambiguous', 'transient'),
    row(
      'a scope that echoes the token',
      { kind: 'error', code: 'missing_scope', more: { needed: TOKEN } },
      'unauthorized',
    ),
    code('fatal_error', 'ambiguous', 'transient'),
    code('internal_error', 'ambiguous', 'transient'),
    code('service_unavailable', 'transient'),
    code('ratelimited', 'throttled', 'throttled', 30_000),
    code('rate_limited', 'throttled', 'throttled', 30_000),
    code('message_limit_exceeded', 'throttled', 'throttled', 30_000),
    code('invalid_auth', 'unauthorized'),
    code('token_revoked', 'unauthorized'),
    code('missing_scope', 'unauthorized'),
    code('channel_not_found', 'gone'),
    code('not_in_channel', 'gone'),
    code('is_archived', 'gone'),
    code('message_not_found', 'rejected', 'gone'),
    code('cant_update_message', 'rejected', 'gone'),
    code('edit_window_closed', 'rejected', 'gone'),
    code('msg_too_long', 'rejected'),
    code('invalid_blocks', 'rejected'),
    code('metadata_must_be_sent_from_app', 'rejected'),
    code('a_code_of_tomorrow', 'rejected'),
  ],
});

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
    rig = await start();
    slack = rig.slack;
  });
  afterEach(() => rig.stop());

  it('turns one message from red to green, and keeps its metadata', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'd1' })));
    expect(only().shown.attachments[0]?.color).toBe(OPEN_COLOR);
    expect(ref).toEqual({ channel: 'C0000ALERTS', ts: only().ts });
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
    const moved = await connect('C0000OTHERS').update(sampleIssueCard(), ref, sampleCall());
    expect(moved.outcome).toMatchObject({ kind: 'gone', what: 'message' });
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
    expect(JSON.parse(opened.answer!)).toEqual({ ok: true, ...refOf(opened) });
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
    expect(found).toEqual({ kind: 'found', ref: { channel: 'C0000ALERTS', ts: only().ts } });
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
