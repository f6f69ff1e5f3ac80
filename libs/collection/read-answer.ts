import { z } from 'zod';
import { UnreadableAnswer } from './unreadable-answer.js';

/** The body as JSON in the schema's shape. Throws `UnreadableAnswer`; nothing of the body is in it. */
export function readAnswer<Schema extends z.ZodType>(body: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(readJson(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  throw new UnreadableAnswer('unexpected-shape', `JSON of another shape (at ${where})`);
}

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

/** A figure that the servers give as -1 or leave out when they do not know it. */
export const figure = z.number().nonnegative().nullable().catch(null);
