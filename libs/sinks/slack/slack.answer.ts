import { isRecord } from '../error-causes.js';
import { answerText } from '../request-record.js';
import { withoutSecrets } from '../without-secrets.js';
import type { CallTrace } from './slack.classify.js';
import { withoutCredentials } from './slack.credentials.js';

/** Members of Slack's answers that may be kept: none of them holds what was posted, a name or a credential. */
const KEPT = ['ok', 'error', 'needed', 'provided', 'warning', 'channel', 'ts'];
/** What Slack says of a malformed message, e.g. `[ERROR] must be less than 3001 characters [json-pointer:…]`. */
const MAX_REMARKS = 5;
/** Of a proxy's page as much as tells whose it is. */
const MAX_PAGE_CHARS = 300;
/** A page's beginning, of which its words are taken. */
const MAX_MARKUP_CHARS = 4_000;
/** As far as it is searched for the token: what is cut off there is far behind those words, whatever was replaced. */
const MAX_SEARCHED_CHARS = 1_000_000;

function objectIn(body: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function keptOf(answer: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = answer[name];
      return typeof value === 'string' || typeof value === 'boolean' ? [[name, value]] : [];
    }),
  );
  const metadata = answer['response_metadata'];
  const remarks = isRecord(metadata) && Array.isArray(metadata['messages']) ? metadata['messages'] : [];
  const messages = remarks.filter((remark) => typeof remark === 'string').slice(0, MAX_REMARKS);
  return messages.length === 0 ? kept : { ...kept, messages };
}

/** The words of a page, so far as they come at its beginning. */
function wordsOf(page: string, token: string): string {
  // Before it is cut, and before its markup goes: half a token is a credential's beginning still.
  const searched = withoutSecrets(page.slice(0, MAX_SEARCHED_CHARS), { token });
  const clean = answerText(searched.slice(0, MAX_MARKUP_CHARS).replace(/<[^<>]*>/g, ' '), { token });
  const characters = [...withoutCredentials(clean)];
  return characters.length <= MAX_PAGE_CHARS
    ? characters.join('')
    : `${characters.slice(0, MAX_PAGE_CHARS - 1).join('')}…`;
}

/** What is kept of an answer; undefined when there was none. Never holds the token. */
export function answerOf(trace: CallTrace, token: string): string | undefined {
  if (trace.status === undefined || trace.body === undefined) return undefined;
  const answer = objectIn(trace.body);
  if (answer) return withoutCredentials(answerText(JSON.stringify(keptOf(answer)), { token }));
  return wordsOf(trace.body, token);
}
