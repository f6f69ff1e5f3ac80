import { describe, expect, it } from 'vitest';
import { historyPage, isChannelId, slackConfig, slackSecrets } from './slack.schema.js';

describe('the configuration of a Slack integration', () => {
  it('takes names and IDs, and keeps them as they are', () => {
    for (const channelId of ['#esc-cluster-notifications', 'alerts', 'C0123456789', '#アラート']) {
      expect(slackConfig.parse({ channelId })).toEqual({ channelId });
    }
  });

  it('refuses what cannot be a channel', () => {
    for (const channelId of ['', ' ', 'a b', 'a\u0000', 'x'.repeat(82), 7, null, undefined]) {
      expect(slackConfig.safeParse({ channelId }).success, String(channelId)).toBe(false);
    }
  });

  it('takes a token as it is, and none that a header could not carry', () => {
    expect(slackSecrets.parse({ token: 'xoxb-1-2-Ab' })).toEqual({ token: 'xoxb-1-2-Ab' });
    for (const token of ['', 'a b', 'a\n', 'xoxb-…', 'x'.repeat(513), 7]) {
      expect(slackSecrets.safeParse({ token }).success, String(token)).toBe(false);
    }
  });

  it('tells IDs from names', () => {
    expect(['C0123456789', 'G01234567', 'D01234567'].every(isChannelId)).toBe(true);
    expect(['#alerts', 'alerts', 'Calerts', 'C1'].some(isChannelId)).toBe(false);
  });
});

describe('a page of history', () => {
  it("survives other apps' metadata", () => {
    const messages = [
      { ts: '1.1', metadata: 'strange' },
      { ts: '1.2', metadata: { event_payload: [] } },
      { ts: '1.3' },
    ];
    expect(historyPage.parse({ messages }).messages.map((message) => message.ts)).toEqual([
      '1.1',
      '1.2',
      '1.3',
    ]);
  });
});
