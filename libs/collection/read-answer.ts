import { z } from 'zod';
import { UnreadableAnswer } from './unreadable-answer.js';

/** The body as JSON in the schema's shape. Throws `UnreadableAnswer`; nothing of the body is in it. */
export function readAnswer<Schema extends z.ZodType>(body: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(readJson(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  throw otherShape(where);
}

/** The same for an answer of hundreds of members, few of which are looked at: all that is known of it is that it is an object. */
export function readJsonObject(body: string): Readonly<Record<string, unknown>> {
  const answer = readJson(body);
  if (!isObject(answer)) throw otherShape('the whole');
  return answer;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const otherShape = (where: string): UnreadableAnswer =>
  new UnreadableAnswer('unexpected-shape', `JSON of another shape (at ${where})`);

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const isHtml = /^\s*<(!doctype|html|head|body)/i.test(body);
    if (isHtml)
      throw new UnreadableAnswer('not-json', 'HTML instead of JSON (is a proxy or a login page in between?)');
    throw new UnreadableAnswer('not-json', 'something that is no JSON, or only a part of it');
  }
}

const MAX_TEXT_CHARS = 200;

/** Text of a node that will be stored and shown: PostgreSQL takes no NUL and no broken surrogates, a chat no escapes. */
export const foreignText = z.string().transform((text) =>
  text
    .slice(0, MAX_TEXT_CHARS)
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '?'),
);

/** A figure that the servers give as -1 or leave out when they do not know it: null then. */
export const figureOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

export const figure = z.unknown().optional().transform(figureOf);

/** What the servers write when they do not know a version (src/EventStore.Common/Utils/VersionInfo.cs, read 2026-11-20). */
const NO_VERSION = ['', 'unknown_version', 'old_version', 'default_version'];

/** `24.6.0` or `26.1.1.3690`; null when it is missing or a word for not knowing it. */
export const reportedVersion = foreignText
  .nullish()
  .catch(null)
  .transform((version) => (version == null || NO_VERSION.includes(version) ? null : version));
