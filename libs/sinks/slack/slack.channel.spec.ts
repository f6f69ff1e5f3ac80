import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { systemClock } from '../../domain/index.js';
import { sampleIssueCard } from '../../testing/sink-conformance.samples.js';
import { refOf, sampleCall } from '../../testing/sink-conformance.js';
import { slackSink } from './index.js';

const TOKEN = 'xoxb-recover-secret';
const CHANNEL = 'C0000ALERTS';

describe('the search for a lost message', () => {
  let slack: SlackStandIn;
  const since = new Date();
  const connect = (channelId = CHANNEL) =>
    slackSink.connect({ channelId }, { token: TOKEN }, { apiUrl: slack.apiUrl, clock: systemClock });
  const useScopes = (...scopes: string[]) =>
    slack.workspace.addToken(TOKEN, { scopes: ['chat:write', ...scopes] });
  const recover = (deliveryId: string, channelId?: string) =>
    connect(channelId).recover(since, sampleCall({ deliveryId }));

  beforeEach(async () => {
    slack = new SlackStandIn();
    await slack.start();
    slack.workspace.addChannel('alerts', { id: CHANNEL });
    useScopes('channels:history');
  });
  afterEach(() => slack.stop());

  it('finds the message whose answer was lost', async () => {
    slack.faults.next('chat.postMessage', { kind: 'drop', landed: true });
    const lost = await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'lost' }));
    expect(lost.outcome.kind).toBe('ambiguous');
    const [message] = slack.workspace.visibleMessages();
    expect(await recover('lost')).toEqual({
      kind: 'found',
      ref: { channel: CHANNEL, ts: message?.ts, as: CHANNEL },
    });
  });

  it('says that the message never landed', async () => {
    slack.faults.next('chat.postMessage', { kind: 'drop' });
    await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'lost' }));
    refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'another' })));
    expect(await recover('lost')).toEqual({ kind: 'absent' });
  });

  it('finds the newest of several, and none that was deleted', async () => {
    const first = refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'twice' })));
    const second = refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'twice' })));
    expect(await recover('twice')).toEqual({ kind: 'found', ref: second });
    slack.workspace.delete(CHANNEL, String(second['ts']));
    expect(await recover('twice')).toEqual({ kind: 'found', ref: first });
  });

  it('turns the pages of a busy channel', async () => {
    const ref = refOf(await connect().open(sampleIssueCard(), sampleCall({ deliveryId: 'early' })));
    const content = { text: 'chatter', blocks: [], attachments: [] };
    for (let count = 0; count < 450; count += 1) slack.workspace.post(CHANNEL, 'U1', content);
    expect(await recover('early')).toEqual({ kind: 'found', ref });
    expect(slack.requests.filter((request) => request.method === 'conversations.history')).toHaveLength(3);
  });

  it('has no verdict when Slack allows it only the first page', async () => {
    const content = { text: 'chatter', blocks: [], attachments: [] };
    for (let count = 0; count < 250; count += 1) slack.workspace.post(CHANNEL, 'U1', content);
    slack.events.once('requested', () =>
      slack.events.once('requested', () =>
        slack.faults.next('conversations.history', { kind: 'rate-limit', retryAfter: 60 }),
      ),
    );
    expect(await recover('lost')).toEqual({ kind: 'unable' });
  });

  it('is unable without a history scope, and asks for no history then', async () => {
    useScopes('channels:read');
    expect(await recover('lost')).toEqual({ kind: 'unable' });
    expect(slack.requests.map((request) => request.method)).toEqual(['auth.test']);
  });

  it('is unable where the scope is for the other kind of channel, or the app is not inside', async () => {
    slack.workspace.changeChannel(CHANNEL, { isPrivate: true });
    expect(await recover('lost')).toEqual({ kind: 'unable' });
    slack.workspace.changeChannel(CHANNEL, { isPrivate: false, isMember: false });
    expect(await recover('lost')).toEqual({ kind: 'unable' });
  });

  it('looks a name up where the token may, and is unable where it may not', async () => {
    const ref = refOf(await connect('#alerts').open(sampleIssueCard(), sampleCall({ deliveryId: 'named' })));
    expect(await recover('named', '#alerts')).toEqual({ kind: 'unable' });
    useScopes('channels:history', 'channels:read');
    expect(await recover('named', '#alerts')).toEqual({ kind: 'found', ref });
    expect(await recover('named', '#renamed')).toEqual({ kind: 'unable' });
  });

  it('fails with the reason when Slack does not let it in', async () => {
    slack.workspace.revokeToken(TOKEN);
    expect(await recover('lost')).toMatchObject({
      kind: 'failed',
      reply: { httpStatus: 200, outcome: { kind: 'unauthorized', code: 'token_revoked' } },
    });
    useScopes('channels:history');
    slack.faults.next('conversations.history', { kind: 'rate-limit', retryAfter: 5 });
    expect(await recover('lost')).toMatchObject({
      kind: 'failed',
      reply: { outcome: { kind: 'throttled', waitMs: 5_000 } },
    });
    slack.faults.next('*', { kind: 'http', status: 503 });
    expect(await recover('lost')).toMatchObject({
      kind: 'failed',
      reply: { outcome: { kind: 'transient' } },
    });
  });
});
