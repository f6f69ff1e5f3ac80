import { describe, expect, it } from 'vitest';
import { answerOf } from './slack.answer.js';

const TOKEN = 'xoxb-planted-0123456789-secret';
const kept = (body: string | undefined, status = 200) =>
  answerOf({ sent: true, status, ...(body === undefined ? {} : { body }) }, TOKEN);

describe('what is kept of an answer', () => {
  it("is Slack's verdict, and nothing of the message that it repeats", () => {
    const answer = {
      ok: true,
      channel: 'C1',
      ts: '1.2',
      message: { text: 'Disk usage' },
      bot: { name: 'x' },
    };
    expect(kept(JSON.stringify(answer))).toBe('{"ok":true,"channel":"C1","ts":"1.2"}');
  });

  it('is the code of a refusal, with what is missing and what is malformed', () => {
    const answer = {
      ok: false,
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'users:read',
      response_metadata: { messages: ['[ERROR] must be shorter', 7], next_cursor: 'secret' },
    };
    expect(JSON.parse(kept(JSON.stringify(answer))!)).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'users:read',
      messages: ['[ERROR] must be shorter'],
    });
  });

  it("is the beginning of a proxy's page, without its markup", () => {
    const page = `<html><head><title>Sign in</title></head><body>${'Please sign in. '.repeat(100)}</body></html>`;
    expect(kept(page)).toMatch(/^Sign in Please sign in\..*…$/);
    expect([...kept(page)!]).toHaveLength(300);
    expect(kept('HTTP 503', 503)).toBe('HTTP 503');
  });

  it('holds no token, however it is echoed, nor half of one', () => {
    const pages = [
      `<pre>authorization: Bearer ${TOKEN}</pre>`,
      JSON.stringify({ ok: false, error: TOKEN, needed: `chat:write ${TOKEN}` }),
      `${'x'.repeat(280)} ${TOKEN}`,
      `${'x'.repeat(3_990)}${TOKEN}`,
      'authorization: Bearer something-of-another-kind',
      `{"ok":true,"half": "${TOKEN}`,
      '<p>xoxe.xoxp-1-another-token</p>',
    ];
    for (const page of pages) expect(kept(page), page).not.toMatch(/planted|another/);
  });

  it.each(['xoxb-planted"token-0123', "xoxb-planted<'token&0123", 'xoxb-planted\\token/0123', 'pl/ted"'])(
    'holds no tail of the token %s, however it is escaped',
    (token) => {
      const html = token
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;');
      const forms = [token, JSON.stringify(token), html, encodeURIComponent(token)];
      const answers = forms.flatMap((form) => [
        `<p>authorization: ${form} refused</p>`,
        JSON.stringify({ ok: false, error: form, needed: form, provided: `chat:write,${form}` }),
      ]);
      for (const body of answers)
        expect(answerOf({ sent: true, status: 200, body }, token), body).not.toMatch(/0123|pl|ted/);
    },
  );

  it('is nothing where nothing came', () => {
    expect(kept(undefined)).toBeUndefined();
    expect(answerOf({ sent: true }, TOKEN)).toBeUndefined();
  });

  it('is read in no time, whatever came', () => {
    expect(kept('<'.repeat(5_000_000))).toBeDefined();
    expect(kept(`{"ok":`.repeat(500_000))).toBeDefined();
  }, 2_000);
});
