import type { SinkSecrets } from './sink.js';

/** A shorter secret cannot be told from ordinary words; no vendor's is. */
const MIN_SECRET_CHARS = 8;

/**
 * The same result with every occurrence of a secret replaced by its name: a second net under the classifiers, for an
 * answer may echo a credential where a code, a scope or a name is expected. `result` must be JSON.
 */
export function withoutSecrets<Result>(result: Result, secrets: SinkSecrets): Result {
  const json = JSON.stringify(result);
  let clean = json;
  for (const [name, value] of Object.entries(secrets)) {
    const secret = JSON.stringify(value).slice(1, -1);
    if (secret.length >= MIN_SECRET_CHARS) clean = clean.replaceAll(secret, `[${name}]`);
  }
  return clean === json ? result : (JSON.parse(clean) as Result);
}
