import { isRecord } from '../error-causes.js';
import { answerText } from '../request-record.js';
import type { SinkSecrets } from '../sink.js';
import { withoutSecrets } from '../without-secrets.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';

/** Members of an answer that may be kept: none of them holds what was sent, a name or a credential. */
const KEPT = ['result', 'requestId', 'message', 'errors', 'code'];
const KEPT_OF_DATA = ['status', 'isSuccess', 'action'];
/** Of a proxy's page as much as tells whose it is. */
const MAX_PAGE_CHARS = 300;
/** A page's beginning, of which its words are taken. */
const MAX_MARKUP_CHARS = 4_000;

/** Whatever follows `GenieKey`, whoever's it is: careless proxies print the request's headers. */
const withoutCredentials = (text: string): string => text.replace(/GenieKey\s+\S+/gi, 'GenieKey [apiKey]');

function keptOf(answer: Record<string, unknown>): Record<string, unknown> {
  const chosen = (from: Record<string, unknown>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]] as const] : [])));
  const { data } = answer;
  const kept = chosen(answer, KEPT);
  return isRecord(data) ? { ...kept, data: chosen(data, KEPT_OF_DATA) } : kept;
}

/** The words of a page, so far as they come at its beginning. What is secret is gone before anything is cut. */
function wordsOf(page: string, secrets: SinkSecrets): string {
  const clean = withoutCredentials(withoutSecrets(page, secrets));
  const characters = [...answerText(clean.slice(0, MAX_MARKUP_CHARS).replace(/<[^<>]*>/g, ' '), secrets)];
  return characters.length <= MAX_PAGE_CHARS
    ? characters.join('')
    : `${characters.slice(0, MAX_PAGE_CHARS - 1).join('')}…`;
}

/** What is kept of an answer; empty when it said nothing. Never holds the key. */
export function keptAnswer({ json, text }: OpsGenieAnswer, secrets: SinkSecrets): string {
  if (!isRecord(json)) return wordsOf(text, secrets);
  const kept = JSON.stringify(withoutSecrets(keptOf(json), secrets), (_name, value: unknown) =>
    typeof value === 'string' ? withoutCredentials(value) : value,
  );
  return answerText(kept, secrets);
}
