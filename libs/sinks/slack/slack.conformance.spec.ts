import type { SlackFault } from '../../../apps/sandbox/slack/index.js';
import type { OutcomeKind } from '../../domain/index.js';
import { describeSinkConformance, type AnswerRow } from '../../testing/sink-conformance.js';
import { slackSink } from './index.js';
import { startSlackRig, TOKEN, type SlackRig } from './slack.rig.fixture.js';

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
  start: startSlackRig,
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
