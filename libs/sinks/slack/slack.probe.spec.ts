import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { systemClock } from '../../domain/index.js';
import { sampleCall } from '../../testing/sink-conformance.js';
import { slackSink } from './index.js';

const TOKEN = 'xoxb-probe-secret';

describe('the connection test', () => {
  let slack: SlackStandIn;
  const test = (channelId = '#alerts') =>
    slackSink
      .connect({ channelId }, { token: TOKEN }, { apiUrl: slack.apiUrl, clock: systemClock })
      .test(sampleCall());
  const useScopes = (...scopes: string[]) => slack.workspace.addToken(TOKEN, { scopes });

  beforeEach(async () => {
    slack = new SlackStandIn();
    await slack.start();
    slack.workspace.addChannel('alerts', { id: 'C0000ALERTS' });
    useScopes('chat:write', 'channels:read');
  });
  afterEach(async () => {
    expect(slack.workspace.messages).toEqual([]);
    await slack.stop();
  });

  it('is content with a token that may post and a channel the app is in, by name and by ID', async () => {
    for (const channel of ['#alerts', 'alerts', 'C0000ALERTS']) {
      expect(await test(channel)).toEqual({
        ok: true,
        findings: [
          'Slack accepts the token (workspace Sandbox).',
          'The token may post (chat:write).',
          'The app is in the channel.',
        ],
      });
    }
  });

  it('says that it could not look at the channel when the token may only post', async () => {
    useScopes('chat:write');
    const report = await test();
    expect(report).toMatchObject({ ok: true });
    expect(report.findings.at(-1)).toMatch(/^Membership not verified/);
  });

  it('says so too when the scope is for the other kind of channel', async () => {
    slack.workspace.changeChannel('alerts', { isPrivate: true });
    const report = await test('C0000ALERTS');
    expect(report).toMatchObject({ ok: true });
    expect(report.findings.at(-1)).toMatch(/^Membership not verified/);
  });

  it('fails for a bad token, a missing scope, and a channel that is not there, archived or foreign', async () => {
    slack.workspace.revokeToken(TOKEN);
    expect(await test()).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized', code: 'token_revoked' },
    });
    useScopes('channels:read');
    expect(await test()).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized', code: 'missing_scope' },
    });
    useScopes('chat:write', 'channels:read');
    expect(await test('#nowhere')).toMatchObject({
      ok: false,
      outcome: { kind: 'gone', code: 'channel_not_found' },
    });
    expect(await test('C0000NOWHERE')).toMatchObject({
      ok: false,
      outcome: { kind: 'gone', code: 'channel_not_found' },
    });
    slack.workspace.changeChannel('alerts', { isMember: false });
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'gone', code: 'not_in_channel' } });
    slack.workspace.changeChannel('alerts', { isArchived: true });
    const report = await test();
    expect(report).toMatchObject({ ok: false, outcome: { kind: 'gone', code: 'is_archived' } });
    expect(report.findings.at(-1)).toMatch(/unarchive it/);
  });

  it('is content with a public channel the app is not in, if it may post there', async () => {
    useScopes('chat:write', 'chat:write.public', 'channels:read');
    slack.workspace.changeChannel('alerts', { isMember: false });
    expect(await test()).toMatchObject({ ok: true });
  });

  it('fails when Slack cannot be reached', async () => {
    await slack.stop();
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'transient' } });
  });
});
