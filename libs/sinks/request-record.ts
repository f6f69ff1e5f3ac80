import { createHash } from 'node:crypto';
import { MAX_ANSWER_CHARS, type RequestShape, type SinkSecrets } from './sink.js';
import { withoutSecrets } from './without-secrets.js';

/** What may be kept of a request: enough to tell two requests apart and to see what one was made of, no value of it. */
export interface RequestRecord {
  readonly requestDigest: string;
  readonly requestShape: RequestShape;
}

/** `text(7)` (in UTF-16 units), `list(2)`, `object(3)`, `number`, `true`, `false`, `null`. */
function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `text(${value.length})`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `list(${value.length})`;
  if (typeof value === 'object') return `object(${Object.keys(value).length})`;
  return typeof value;
}

function membersOf(json: unknown): Record<string, string> {
  if (typeof json !== 'object' || json === null) return json === null ? {} : { content: shapeOf(json) };
  if (Array.isArray(json)) return { content: shapeOf(json) };
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, shapeOf(value)]));
}

/**
 * The record of a request: `call` names it (`chat.update`), `content` is its JSON without credentials. Members that are
 * undefined, and so are not sent, are in neither digest nor shape; names of members are, so they must not be secret.
 */
export function requestRecord(call: string, content: unknown): RequestRecord {
  const text = JSON.stringify(content ?? null);
  return {
    requestDigest: createHash('sha256').update(text).digest('hex'),
    requestShape: { call, members: membersOf(JSON.parse(text)) },
  };
}

/** Only the shape, where the content is too long to be looked through: its members are taken as they are. */
export const requestShape = (call: string, content: object): RequestShape => ({
  call,
  members: membersOf(content),
});

/**
 * What is kept of an answer: its beginning, at most `MAX_ANSWER_CHARS` characters, on one line, without what would garble
 * a terminal or cannot be stored. Secrets are replaced by their names before it is cut: half a secret is one still.
 */
export function answerText(body: string, secrets: SinkSecrets = {}): string {
  const line = withoutSecrets(body, secrets)
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= MAX_ANSWER_CHARS
    ? line
    : `${characters.slice(0, MAX_ANSWER_CHARS - 1).join('')}…`;
}
