import { secretForms } from './secret-forms.js';
import type { SinkSecrets } from './sink.js';

/** What decides how a result goes on, and where its message is: never texts of the vendor's. */
const NOT_TEXT = new Set(['kind', 'what', 'ref']);

/**
 * The same result with every occurrence of a secret in its texts replaced by the secret's name, as it is or escaped for
 * JSON, HTML or an address, or in base64: a second net under the classifiers, for an answer may echo a credential where a
 * code, a scope or a name is expected. A secret as short as a word is replaced where it is a word of its own. Members'
 * names, `kind`, `what` and `ref` stay as they are, whatever the secrets are. `result` must be JSON.
 */
export function withoutSecrets<Result>(result: Result, secrets: SinkSecrets): Result {
  const forms = secretForms(secrets);
  const clean = (text: string): string =>
    forms.reduce(
      (cleaner, { name, form, pattern }) =>
        cleaner.includes(form) ? cleaner.replaceAll(pattern, () => `[${name}]`) : cleaner,
      text,
    );
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
