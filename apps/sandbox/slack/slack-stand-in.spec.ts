import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, SlackStandIn } from './index.js';

const TOKEN = 'xoxb-1';

describe('the Slack stand-in', () => {
  let slack: SlackStandIn;
  let channel: string;

  /** A call in the form of Slack's own SDK; resolves with the answer, refusals included. */
  const call = async (method: string, args: Record<string, unknown> = {}, token = TOKEN): Promise<any> => {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(args)) {
      form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    const scopes = answer.headers.get('x-oauth-scopes');
    const body = await answer.text();
    return body.startsWith('{') ? { ...JSON.parse(body), scopes } : { ok: false, status: answer.status };
  };
  const control = (verb: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${slack.url}/_control/${path}`, {
      method: verb,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  beforeEach(async () => {
    slack = new SlackStandIn();
    await slack.start();
    slack.workspace.addToken(TOKEN);
    channel = slack.workspace.addChannel('alerts').id;
  });
  afterEach(() => slack.stop());

  describe('as Slack does', () => {
    it('posts by name or ID and answers with the ID', async () => {
      for (const name of ['alerts', '#alerts', channel]) {
        expect(await call('chat.postMessage', { channel: name, text: 'hello' })).toMatchObject({
          ok: true,
          channel,
        });
      }
      expect(new Set(slack.workspace.messages.map((message) => message.ts)).size).toBe(3);
    });

    it('lists the scopes of the token with every answer', async () => {
      const answer = await call('auth.test');
      expect(answer.scopes).toContain('chat:write');
      expect(answer).toMatchObject({ ok: true, team: 'Sandbox' });
    });

    it('refuses tokens it does not know, has revoked, or that lack a scope', async () => {
      expect(await call('auth.test', {}, 'xoxb-unknown')).toMatchObject({ error: 'invalid_auth' });
      expect(await call('auth.test', {}, '')).toMatchObject({ error: 'not_authed' });
      slack.workspace.addToken('xoxb-2', { scopes: [] });
      expect(await call('chat.postMessage', { channel, text: 'x' }, 'xoxb-2')).toMatchObject({
        error: 'missing_scope',
        needed: 'chat:write',
      });
      slack.workspace.revokeToken(TOKEN);
      expect(await call('auth.test')).toMatchObject({ error: 'token_revoked' });
    });

    it('keeps attachments and metadata that an update leaves out, and removes blocks', async () => {
      const metadata = { event_type: 'e', event_payload: { a: 1 } };
      const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x' } }];
      const { ts } = await call('chat.postMessage', {
        channel,
        text: 'x',
        attachments: [{ color: '#f00', text: 'y' }],
        blocks,
        metadata,
      });
      expect(await call('chat.update', { channel, ts, text: 'z' })).toMatchObject({ ok: true, text: 'z' });
      const [message] = slack.workspace.visibleMessages();
      expect(message?.revisions).toHaveLength(2);
      expect(message && shownBy(message)).toMatchObject({
        text: 'z',
        blocks: [],
        attachments: [{ color: '#f00' }],
        metadata,
      });
      await call('chat.update', { channel, ts, text: 'z', attachments: [] });
      expect(slack.workspace.find(channel, ts)?.revisions.at(-1)?.attachments).toEqual([]);
    });

    it('updates only by ID, only what is there, and only its own', async () => {
      const { ts } = await call('chat.postMessage', { channel, text: 'x' });
      expect(await call('chat.update', { channel: '#alerts', ts, text: 'y' })).toMatchObject({
        error: 'channel_not_found',
      });
      expect(await call('chat.update', { channel, ts: '1.1', text: 'y' })).toMatchObject({
        error: 'message_not_found',
      });
      slack.workspace.addToken('xoxb-2');
      expect(await call('chat.update', { channel, ts, text: 'y' }, 'xoxb-2')).toMatchObject({
        error: 'cant_update_message',
      });
      slack.workspace.changeChannel('alerts', { isArchived: true });
      expect(await call('chat.update', { channel, ts, text: 'y' })).toMatchObject({ error: 'is_inactive' });
      expect(await call('chat.postMessage', { channel, text: 'y' })).toMatchObject({ error: 'is_archived' });
    });

    it('posts what is too long to be updated', async () => {
      const { ts } = await call('chat.postMessage', { channel, text: 'x'.repeat(5_000) });
      expect(await call('chat.update', { channel, ts, text: 'x'.repeat(5_000) })).toMatchObject({
        error: 'msg_too_long',
      });
    });

    it('has limits for blocks, attachments and emptiness', async () => {
      const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
      const refused: [object, string][] = [
        [{}, 'no_text'],
        [{ attachments: '{' }, 'invalid_attachments'],
        [{ attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) }, 'too_many_attachments'],
        [{ blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
        [{ blocks: [section('')] }, 'invalid_blocks'],
        [{ attachments: [{ blocks: Array(5).fill(section('x'.repeat(2_900))) }] }, 'msg_blocks_too_long'],
        [{ text: 'x', metadata: '[' }, 'invalid_metadata_format'],
        [{ text: 'x', metadata: { event_type: 'x' } }, 'invalid_metadata_schema'],
      ];
      for (const [args, error] of refused)
        expect(await call('chat.postMessage', { channel, ...args })).toMatchObject({ error });
    });

    it('hides private channels from outside, and foreign workspaces altogether', async () => {
      const secret = slack.workspace.addChannel('secret', { isPrivate: true, isMember: false }).id;
      const foreign = slack.workspace.addChannel('foreign', { teamId: 'T2' }).id;
      for (const id of [secret, foreign, '#secret', '#foreign']) {
        expect(await call('chat.postMessage', { channel: id, text: 'x' })).toMatchObject({
          error: 'channel_not_found',
        });
      }
      expect((await call('conversations.list')).channels.map((item: { name: string }) => item.name)).toEqual([
        'alerts',
      ]);
    });

    it('pages history newest first, with metadata only when asked', async () => {
      const metadata = { event_type: 'e', event_payload: {} };
      for (const text of ['1', '2', '3']) await call('chat.postMessage', { channel, text, metadata });
      const first = await call('conversations.history', { channel, limit: 2 });
      expect(first.messages).toMatchObject([{ text: '3' }, { text: '2' }]);
      expect(first.messages[0]).not.toHaveProperty('metadata');
      const cursor = first.response_metadata.next_cursor;
      const second = await call('conversations.history', {
        channel,
        limit: 2,
        cursor,
        include_all_metadata: true,
      });
      expect(second).toMatchObject({ messages: [{ text: '1', metadata }], has_more: false });
    });

    it('deletes only its own messages', async () => {
      const { ts } = await call('chat.postMessage', { channel, text: 'x' });
      expect(await call('chat.delete', { channel, ts })).toMatchObject({ ok: true });
      expect(slack.workspace.visibleMessages()).toEqual([]);
      expect(slack.workspace.messages[0]?.deletedAt).toBeInstanceOf(Date);
    });

    it('speaks forms only, and knows no other methods', async () => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      const answer = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST', headers, body: '{}' });
      expect(await answer.json()).toMatchObject({ error: 'invalid_post_type' });
      expect(await call('files.upload')).toMatchObject({ error: 'unknown_method' });
    });
  });

  describe('as its script says', () => {
    it('fails before or after the effect', async () => {
      slack.faults.next('chat.postMessage', { kind: 'http', status: 503 });
      slack.faults.next('chat.postMessage', { kind: 'http', status: 503, landed: true });
      await call('chat.postMessage', { channel, text: 'never' });
      await call('chat.postMessage', { channel, text: 'landed' });
      expect(slack.workspace.visibleMessages('alerts').map((message) => shownBy(message).text)).toEqual([
        'landed',
      ]);
      expect(slack.requests.map((request) => [request.fault, request.answer?.ok])).toEqual([
        ['http', undefined],
        ['http', true],
      ]);
    });

    it('fails the method it was told to, as often as it was told to', async () => {
      slack.faults.next('chat.update', { kind: 'empty' });
      slack.faults.next('*', { kind: 'error', code: 'fatal_error' }, 2);
      const answers = [await call('auth.test'), await call('auth.test'), await call('auth.test')];
      expect(answers.map((answer) => answer.ok)).toEqual([false, false, true]);
      expect(slack.faults.pending).toBe(1);
    });

    it('answers late', async () => {
      slack.faults.next('*', { kind: 'slow-headers', delayMs: 1, landed: true });
      expect(await call('auth.test')).toMatchObject({ ok: true });
    });
  });

  it('lets a test wait for what happens, and says when it did not', async () => {
    const posted = slack.waitFor(() => slack.workspace.visibleMessages('alerts')[0]);
    await call('chat.postMessage', { channel, text: 'x' });
    expect((await posted).channel).toBe(channel);
    await expect(slack.waitFor(() => undefined, 1)).rejects.toThrow(/did not happen/);
  });

  it('can be stopped and started again where it was', async () => {
    const port = Number(new URL(slack.url).port);
    await slack.stop();
    await slack.start(port);
    expect(await call('auth.test')).toMatchObject({ ok: true });
  });

  describe('over its control endpoints', () => {
    it('is set up, made to fail, and looked at', async () => {
      await control('DELETE', 'state');
      await control('POST', 'tokens', { token: 'xoxb-9', scopes: ['chat:write'] });
      const added = (await (await control('POST', 'channels', { name: 'ops', isMember: false })).json()) as {
        id: string;
      };
      expect(await call('chat.postMessage', { channel: '#ops', text: 'x' }, 'xoxb-9')).toMatchObject({
        error: 'not_in_channel',
      });
      await control('POST', 'channels/change', { channel: 'ops', isMember: true });
      await control('POST', 'faults', {
        method: 'chat.postMessage',
        fault: { kind: 'error', code: 'fatal_error', landed: true },
      });
      expect(await call('chat.postMessage', { channel: '#ops', text: 'x' }, 'xoxb-9')).toMatchObject({
        error: 'fatal_error',
      });
      const { messages } = (await (await control('GET', 'messages?channel=ops')).json()) as {
        messages: { ts: string; shown: object }[];
      };
      expect(messages).toMatchObject([{ channel: added.id, shown: { text: 'x' } }]);
      const [message] = messages;
      expect((await control('POST', 'messages/delete', { channel: added.id, ts: message?.ts })).status).toBe(
        204,
      );
      await control('POST', 'tokens/revoke', { token: 'xoxb-9' });
      expect(await (await control('GET', 'state')).json()).toMatchObject({
        tokens: [{ token: 'xoxb-9', revoked: true }],
        channels: [{ name: 'ops' }],
        messages: [{ deletedAt: expect.any(String) }],
        pendingFaults: 0,
      });
      const { requests } = (await (await control('GET', 'requests?method=chat.postMessage')).json()) as {
        requests: object[];
      };
      expect(requests).toMatchObject([{ token: 'xoxb-9' }, { token: 'xoxb-9', fault: 'error' }]);
    });

    it('answers as soon as something has changed', async () => {
      const waiting = control('GET', `messages?after=${slack.version}&waitMs=5000`);
      await call('chat.postMessage', { channel, text: 'news' });
      const { version, messages } = (await (await waiting).json()) as {
        version: number;
        messages: { shown: object }[];
      };
      expect(messages).toMatchObject([{ shown: { text: 'news' } }]);
      const none = await control('GET', `messages?after=${version + 1}&waitMs=1`);
      expect(await none.json()).toMatchObject({ messages: [{}] });
    });

    it('says what is wrong with a command', async () => {
      expect((await control('POST', 'faults', { fault: { kind: 'earthquake' } })).status).toBe(400);
      expect((await control('POST', 'messages/delete', { channel: 'C1', ts: '1.1' })).status).toBe(404);
      expect((await control('POST', 'nonsense')).status).toBe(404);
    });
  });
});
