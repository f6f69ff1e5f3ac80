/** What a JSON text says. Objects have no prototype, so that no key of theirs means more than it says. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export interface JsonText {
  readonly value: JsonValue;
  /** Paths of keys that their object has more than once. The last one counts. */
  readonly repeatedKeys: readonly (readonly string[])[];
  /** Where something follows that does not belong to the value. */
  readonly trailing: TextPlace | undefined;
}

/** Both count from 1; columns in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A text is no JSON. The message says why, and repeats nothing of the text: it may hold passwords. */
export class InvalidJson extends Error {
  constructor(
    reason: string,
    readonly place: TextPlace,
  ) {
    super(reason);
    this.name = 'InvalidJson';
  }
}

/**
 * Reads the first JSON value of a text, as Go's decoder does: what comes after it is not looked at, but said to be there.
 * Takes the same texts as `JSON.parse`, which neither says where it stumbled nor that a key is there twice, and repeats
 * what it stumbled over. Throws `InvalidJson`.
 */
export function parseJsonText(text: string): JsonText {
  const reader = new JsonReader(text);
  const value = reader.readValue([]);
  return { value, repeatedKeys: reader.repeatedKeys, trailing: reader.trailing() };
}

/** Nobody writes these by hand; each takes some of the stack. */
const DEEPEST = 1_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

class JsonReader {
  readonly repeatedKeys: (readonly string[])[] = [];
  private offset = 0;

  constructor(private readonly text: string) {
    // A mark of the byte order, as editors of Windows leave it.
    if (text.startsWith('\u{feff}')) this.offset = 1;
  }

  readValue(path: readonly string[]): JsonValue {
    if (path.length > DEEPEST) throw this.stumble(`there are more than ${DEEPEST} levels of brackets`);
    const character = this.next();
    if (character === '{') return this.readObject(path);
    if (character === '[') return this.readArray(path);
    if (character === '"') return this.readText();
    const word = this.match(WORD);
    if (word !== undefined) return WORDS[word]!;
    const number = this.match(NUMBER);
    if (number !== undefined) return Number(number);
    throw this.stumble(missingValue(character));
  }

  trailing(): TextPlace | undefined {
    return this.next() === undefined ? undefined : placeAt(this.text, this.offset);
  }

  private readObject(path: readonly string[]): JsonObject {
    const members = Object.create(null) as JsonObject;
    this.offset += 1;
    for (let isFirst = true; this.next() !== '}' || !isFirst; isFirst = false) {
      const key = this.readKey();
      const keyPath = [...path, key];
      if (Object.hasOwn(members, key)) this.repeatedKeys.push(keyPath);
      members[key] = this.readValue(keyPath);
      if (this.next() === '}') break;
      this.take(',', 'a comma or "}" is missing');
    }
    this.offset += 1;
    return members;
  }

  private readKey(): string {
    const character = this.next();
    if (character === '}') throw this.stumble('the comma before this "}" is one too many');
    if (character !== '"')
      throw this.stumble(isComment(character) ? COMMENT : 'a key in double quotes is missing');
    const key = this.readText();
    this.next();
    this.take(':', 'a colon is missing');
    return key;
  }

  private readArray(path: readonly string[]): JsonValue[] {
    const items: JsonValue[] = [];
    this.offset += 1;
    while (this.next() !== ']' || items.length > 0) {
      if (this.next() === ']') throw this.stumble('the comma before this "]" is one too many');
      items.push(this.readValue([...path, String(items.length)]));
      if (this.next() === ']') break;
      this.take(',', 'a comma or "]" is missing');
    }
    this.offset += 1;
    return items;
  }

  private readText(): string {
    const start = this.offset;
    this.offset += 1;
    for (;;) {
      const character = this.text[this.offset];
      if (character === undefined || character < ' ')
        throw this.stumble('a text has no closing quote on its line');
      if (character === '\\') {
        if (this.match(ESCAPE) === undefined)
          throw this.stumble('JSON has no such escape: a backslash is written \\\\');
        continue;
      }
      this.offset += 1;
      if (character === '"') return JSON.parse(this.text.slice(start, this.offset)) as string;
    }
  }

  /** The next character that is no space; undefined at the end. */
  private next(): string | undefined {
    this.match(SPACE);
    return this.text[this.offset];
  }

  private take(character: string, reason: string): void {
    const found = this.text[this.offset];
    if (found !== character) throw this.stumble(isComment(found) ? COMMENT : reason);
    this.offset += 1;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    this.offset += found?.length ?? 0;
    return found;
  }

  private stumble(reason: string): InvalidJson {
    const isAtEnd = this.offset >= this.text.length;
    return new InvalidJson(isAtEnd ? 'the text ends too early' : reason, placeAt(this.text, this.offset));
  }
}

const COMMENT = 'JSON has no comments';
const isComment = (character: string | undefined): boolean => character === '/' || character === '#';

function missingValue(character: string | undefined): string {
  if (isComment(character)) return COMMENT;
  return character === "'" ? 'a text needs double quotes' : 'a value is missing, or is none of JSON';
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
