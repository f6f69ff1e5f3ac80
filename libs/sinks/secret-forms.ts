/** Text that is a secret of the length of a word could be one: it is only looked for as a word of its own. */
const MIN_UNMISTAKABLE_CHARS = 8;
/** Nobody's secret, and a part of everything. */
const MIN_SECRET_CHARS = 4;

const ENTITIES: readonly Readonly<Record<string, string>>[] = [
  { '&': '&amp;', '<': '&lt;', '>': '&gt;' },
  ...['&#39;', '&#039;', '&#x27;', '&apos;'].flatMap((apostrophe) =>
    ['&quot;', '&#34;', '&#x22;'].map((quote) => ({
      '&': '&amp;',
      '<': '&lt;',
      '>': '&gt;',
      '"': quote,
      "'": apostrophe,
    })),
  ),
];

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const hexEscaped = (char: string): string => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`;
const lowerHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());

function jsonForms(secret: string): string[] {
  const plain = inJson(secret);
  // As written by those who put JSON into pages.
  const unicode = plain.replace(/[<>&']/g, hexEscaped);
  const upper = unicode.replace(/\\u00[0-9a-f]{2}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`);
  const all = [plain, unicode, upper];
  return [...all, ...all.map((form) => form.replaceAll('/', '\\/')), inJson(plain)];
}

const htmlForms = (secret: string): string[] =>
  ENTITIES.map((entities) => secret.replace(/[&<>"']/g, (char) => entities[char] ?? char));

function uriForms(secret: string): string[] {
  const part = encodeURIComponent(secret);
  const strict = part.replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const upper = [part, strict, strict.replaceAll('%7E', '~'), encodeURI(secret)];
  return [...upper, ...upper.map(lowerHex), encodeURIComponent(part)];
}

const base64Url = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

function base64Forms(secret: string): string[] {
  const whole = Buffer.from(secret).toString('base64');
  const bare = whole.replaceAll('=', '');
  return [whole, bare, base64Url(whole), base64Url(bare)];
}

/** What is the same in the base64 of every text that holds the secret, for each of the three ways in which it may lie. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const core = bytes
      .toString('base64')
      .slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [core, base64Url(core)];
  });
}

/** Every form of a secret in which an answer may repeat it: in JSON, in HTML, in an address, in base64. */
function formsOf(secret: string): Set<string> {
  const wellFormed = secret.toWellFormed();
  const forms = new Set([secret, ...jsonForms(secret), ...htmlForms(secret), ...uriForms(wellFormed)]);
  for (const form of base64Forms(wellFormed)) forms.add(form);
  if (secret.length >= MIN_UNMISTAKABLE_CHARS) for (const core of base64Cores(wellFormed)) forms.add(core);
  return forms;
}

const WORD = '[\\p{L}\\p{N}_]';
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char);

function asWord(form: string): RegExp {
  const characters = [...form];
  const before = isWord(characters[0]) ? `(?<!${WORD})` : '';
  const after = isWord(characters.at(-1)) ? `(?!${WORD})` : '';
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`${before}${literal}${after}`, 'gu');
}

/** One form in which one of the secrets may stand in a text. */
export interface SecretForm {
  readonly name: string;
  readonly form: string;
  /** What finds it. */
  readonly pattern: string | RegExp;
}

/** What to look for, in this order: the longest first, so that none leaves a tail of a longer one. */
export function secretForms(secrets: Readonly<Record<string, string>>): SecretForm[] {
  return Object.entries(secrets)
    .filter(([, secret]) => secret.length >= MIN_SECRET_CHARS)
    .flatMap(([name, secret]) => {
      const isWordLong = secret.length < MIN_UNMISTAKABLE_CHARS;
      return [...formsOf(secret)].map((form) => ({ name, form, pattern: isWordLong ? asWord(form) : form }));
    })
    .toSorted((one, other) => other.form.length - one.form.length);
}
