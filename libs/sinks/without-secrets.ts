import type { SinkSecrets } from './sink.js';

/** A shorter secret cannot be told from ordinary words; no vendor's is. */
const MIN_SECRET_CHARS = 8;
/** What decides how a result goes on, and where its message is: never texts of the vendor's. */
const NOT_TEXT = new Set(['kind', 'what', 'ref']);

/**
 * The same result with every occurrence of a secret in its texts replaced by the secret's name: a second net under the
 * classifiers, for an answer may echo a credential where a code, a scope or a name is expected. Members' names, `kind`,
 * `what` and `ref` stay as they are, whatever the secrets are. `result` must be JSON.
 */
export function withoutSecrets<Result>(result: Result, secrets: SinkSecrets): Result {
  const long = Object.entries(secrets).filter(([, secret]) => secret.length >= MIN_SECRET_CHARS);
  const clean = (text: string): string =>
    long.reduce((cleaner, [name, secret]) => cleaner.replaceAll(secret, () => `[${name}]`), text);
  return withTexts(result, clean) as Result;
}

function withTexts(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      NOT_TEXT.has(name) ? member : withTexts(member, clean),
    ]),
  );
}
