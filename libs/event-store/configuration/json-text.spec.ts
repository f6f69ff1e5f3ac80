import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidJson, parseJsonText } from './json-text.js';

const failureOf = (text: string): InvalidJson => {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof InvalidJson) return error;
    throw error;
  }
  throw new Error('The text was taken');
};
const isTakenByJsonParse = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isTakenWhole = (text: string): boolean => {
  try {
    return parseJsonText(text).trailing === undefined;
  } catch (error) {
    if (error instanceof InvalidJson) return false;
    throw error;
  }
};

describe('parseJsonText', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t', '\r\n'), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
        const plain: unknown = JSON.parse(JSON.stringify(parseJsonText(spaced).value));
        expect(plain).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses, and takes what it takes', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '\\u00e',
      'true',
      'nul',
      '-',
      '0',
      '01',
      '1.5e3',
      '.',
      ' ',
      '\n',
      '\u{1}',
      '\u{a0}',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (candidate) => {
        expect(isTakenWhole(candidate)).toBe(isTakenByJsonParse(candidate));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', 'the text ends too early', 1, 1],
    ['{"a": 1', 'the text ends too early', 1, 8],
    ['{\n  "a": 1\n  "b": 2\n}', 'a comma or "}" is missing', 3, 3],
    ['{\n  "a": 1,\n}', 'the comma before this "}" is one too many', 3, 1],
    ['["a",\r\n]', 'the comma before this "]" is one too many', 2, 1],
    ['["a" "b"]', 'a comma or "]" is missing', 1, 6],
    ['{a: 1}', 'a key in double quotes is missing', 1, 2],
    ['{"a" 1}', 'a colon is missing', 1, 6],
    ["{'a': 1}", 'a key in double quotes is missing', 1, 2],
    ['{"a": \'b\'}', 'a text needs double quotes', 1, 7],
    ['{"a": }', 'a value is missing, or is none of JSON', 1, 7],
    ['// first\n{}', 'JSON has no comments', 1, 1],
    ['{"a": 1, // one\n"b": 2}', 'JSON has no comments', 1, 10],
    ['{"a": 1 # one\n}', 'JSON has no comments', 1, 9],
    ['{"a": "b\nc"}', 'a text has no closing quote on its line', 1, 9],
    ['{"a": "C:\\data"}', 'JSON has no such escape: a backslash is written \\\\', 1, 10],
  ])('%j: %s, at line %d and column %d', (text, reason, line, column) => {
    expect(failureOf(text)).toMatchObject({ message: reason, place: { line, column } });
  });

  it('repeats nothing of a text that it cannot read', () => {
    const secret = 'marked-word';
    for (const text of [
      `{"password": ${secret}}`,
      `{"password": "${secret}`,
      `{"password": "${secret}\\x"}`,
      `{${secret}}`,
    ])
      expect(failureOf(text).message).not.toContain(secret);
  });

  it('names keys that are there twice, and takes the last one', () => {
    const { value, repeatedKeys } = parseJsonText('{"a": {"b": 1, "c": 2, "b": 3}, "d": [{"e": 1, "e": 2}]}');
    expect(value).toEqual({ a: { b: 3, c: 2 }, d: [{ e: 2 }] });
    expect(repeatedKeys).toEqual([
      ['a', 'b'],
      ['d', '0', 'e'],
    ]);
  });

  it('says where something follows the value', () => {
    expect(parseJsonText('{"a": 1}\n}').trailing).toEqual({ line: 2, column: 1 });
    expect(parseJsonText('{"a": 1} \n').trailing).toBeUndefined();
  });

  it('takes the mark of the byte order that editors leave', () => {
    expect(parseJsonText('\u{feff}{"a": 1}').value).toEqual({ a: 1 });
  });

  it('keeps a key __proto__ as any other', () => {
    const { value } = parseJsonText('{"__proto__": {"isAdmin": true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('refuses brackets without end instead of running out of stack', () => {
    expect(failureOf('['.repeat(1_000_000)).message).toContain('levels of brackets');
    expect(failureOf('{"a":'.repeat(1_000_000)).message).toContain('levels of brackets');
  });
});
