import type { Outcome } from '../../domain/index.js';
import type { TestReport } from '../sink.js';
import { findChannelId } from './slack.channel.js';
import { classify, type SlackFailure } from './slack.classify.js';
import type { SlackClient } from './slack.client.js';
import { channelInfo, identity } from './slack.schema.js';

const QUERY = { idempotent: true };

const failed = (findings: readonly string[], outcome: Outcome): TestReport => ({
  ok: false,
  findings: 'reason' in outcome ? [...findings, outcome.reason] : findings,
  outcome,
});

const codeFailure = (error: string, more: Record<string, string> = {}): Outcome =>
  classify({ error: { data: { error, ...more } }, trace: { sent: true } }, QUERY);

const NOT_VERIFIED =
  'Membership not verified: the token may not look at the channel. With the scope channels:read (private channels: groups:read) this test can.';

/** Whether a refusal only means that this token may not look, which posting does not need. */
const mayNotLook = (outcome: Outcome): boolean =>
  outcome.kind === 'unauthorized' && outcome.code === 'missing_scope';

function ofFailure(findings: readonly string[], failure: SlackFailure): TestReport {
  const outcome = classify(failure, QUERY);
  return mayNotLook(outcome)
    ? { ok: true, findings: [...findings, NOT_VERIFIED] }
    : failed(findings, outcome);
}

async function testChannel(
  client: SlackClient,
  channel: string,
  scopes: readonly string[],
  findings: readonly string[],
  signal: AbortSignal,
): Promise<TestReport> {
  if (!scopes.includes('channels:read') && !scopes.includes('groups:read')) {
    return { ok: true, findings: [...findings, NOT_VERIFIED] };
  }
  const search = await findChannelId(client, channel, scopes, signal);
  if ('failure' in search) return ofFailure(findings, search.failure);
  if (search.found === null) return failed(findings, codeFailure('channel_not_found'));
  if (search.found === undefined) return { ok: true, findings: [...findings, NOT_VERIFIED] };
  const answer = await client.call('conversations.info', { channel: search.found }, signal);
  if (!answer.ok) return ofFailure(findings, answer.failure);
  const info = channelInfo.safeParse(answer.body).data?.channel;
  if (!info) return { ok: true, findings: [...findings, NOT_VERIFIED] };
  if (info.is_archived) return failed(findings, codeFailure('is_archived'));
  if (info.is_member) return { ok: true, findings: [...findings, 'The app is in the channel.'] };
  const mayPostAnyway = scopes.includes('chat:write.public') && !info.is_private;
  if (!mayPostAnyway) return failed(findings, codeFailure('not_in_channel'));
  return {
    ok: true,
    findings: [...findings, 'The app is not in the channel, but may post there (chat:write.public).'],
  };
}

/** Tries credential, permission and channel without posting anything. */
export async function probe(client: SlackClient, channel: string, signal: AbortSignal): Promise<TestReport> {
  const auth = await client.call('auth.test', {}, signal);
  if (!auth.ok) return failed([], classify(auth.failure, QUERY));
  const who = identity.safeParse(auth.body).data;
  const findings = [`Slack accepts the token${who?.team === undefined ? '' : ` (workspace ${who.team})`}.`];
  if (auth.scopes === undefined) {
    return {
      ok: true,
      findings: [
        ...findings,
        'Slack did not say what the token may do: permissions and membership not verified.',
      ],
    };
  }
  if (!auth.scopes.includes('chat:write')) {
    return failed(
      findings,
      codeFailure('missing_scope', { needed: 'chat:write', provided: auth.scopes.join(',') }),
    );
  }
  return testChannel(client, channel, auth.scopes, [...findings, 'The token may post (chat:write).'], signal);
}
