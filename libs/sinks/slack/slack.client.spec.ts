import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { SlackClient } from './slack.client.js';

const forever = new AbortController().signal;

describe('the client', () => {
  let slack: SlackStandIn;

  beforeEach(async () => {
    slack = new SlackStandIn();
    await slack.start();
    slack.workspace.addToken('xoxb-1', { scopes: ['chat:write', 'channels:read'] });
    slack.workspace.addChannel('alerts');
  });
  afterEach(() => slack.stop());

  it('gives the answer with the scopes of the token', async () => {
    const answer = await new SlackClient('xoxb-1', slack.apiUrl).call('auth.test', {}, forever);
    expect(answer).toMatchObject({
      ok: true,
      scopes: ['chat:write', 'channels:read'],
      trace: { sent: true, status: 200 },
    });
  });

  it('takes a base URL without a slash at its end', async () => {
    const answer = await new SlackClient('xoxb-1', slack.apiUrl.slice(0, -1)).call('auth.test', {}, forever);
    expect(answer.ok).toBe(true);
  });

  it('tries once, whatever the answer', async () => {
    slack.faults.next('*', { kind: 'http', status: 503 }, 5);
    await new SlackClient('xoxb-1', slack.apiUrl).call('auth.test', {}, forever);
    slack.faults.clear();
    slack.faults.next('*', { kind: 'rate-limit', retryAfter: 1 }, 5);
    await new SlackClient('xoxb-1', slack.apiUrl).call('auth.test', {}, forever);
    expect(slack.requests).toHaveLength(2);
  });

  it('lets no method name lead to another host', async () => {
    const answer = await new SlackClient('xoxb-1', slack.apiUrl).call('http://192.0.2.1/', {}, forever);
    expect(answer).toMatchObject({ ok: false, failure: { trace: { status: 200 } } });
    expect(slack.requests).toHaveLength(1);
  });

  it('knows what was sent from what was not, though both end in the same error', async () => {
    const handshakeNeverEnds: Server = createServer();
    handshakeNeverEnds.listen(0, '127.0.0.1');
    await once(handshakeNeverEnds, 'listening');
    const deadline = new AbortController();
    handshakeNeverEnds.on('connection', (socket) => {
      socket.on('error', () => undefined);
      deadline.abort();
    });
    const url = `https://127.0.0.1:${(handshakeNeverEnds.address() as AddressInfo).port}/api/`;
    const unsent = await new SlackClient('xoxb-1', url).call('auth.test', {}, deadline.signal);
    expect(unsent).toMatchObject({ ok: false, failure: { trace: { sent: false, aborted: true } } });
    handshakeNeverEnds.close();

    slack.faults.next('*', { kind: 'slow-headers' });
    const later = new AbortController();
    slack.events.once('requested', () => later.abort());
    const sent = await new SlackClient('xoxb-1', slack.apiUrl).call('auth.test', {}, later.signal);
    expect(sent).toMatchObject({ ok: false, failure: { trace: { sent: true, aborted: true } } });
  });

  it('does not read an endless answer to its end', async () => {
    slack.faults.next('*', { kind: 'body', body: `{"ok":true,"filler":"${'x'.repeat(17 * 1024 * 1024)}"}` });
    const answer = await new SlackClient('xoxb-1', slack.apiUrl).call('auth.test', {}, forever);
    expect(answer).toMatchObject({ ok: false, failure: { trace: { sent: true, status: 200 } } });
  });
});
