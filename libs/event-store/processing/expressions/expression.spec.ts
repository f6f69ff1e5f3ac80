import { describe, expect, it } from 'vitest';
import { ExpressionCompiler } from './compile-expression.js';
import { parseExpression } from './parse-expression.js';
import { EvaluationError, ExpressionError, MAX_WORK, type MessageView, type Value } from './value.js';

const MESSAGE: MessageView = {
  name: 'job',
  timeMs: 1_740_027_951_999,
  tags: new Map([
    ['hostname', 'node01'],
    ['type', 'socket'],
    ['type-id', '3'],
    ['stype-id', '7'],
    ['my-key', 'odd'],
    ['__proto__', 'own'],
  ]),
  fields: new Map<string, string | number | bigint | boolean>([
    ['event', '{"jobId": 69}'],
    ['count', 5],
    ['huge', 9_007_199_254_740_993n],
    ['isOn', true],
  ]),
  meta: new Map([['oldname', 'task']]),
};
const CONSTANTS = new Map<string, Value>([
  ['LIMIT', 4],
  ['SITES', new Map([['fau', 'Erlangen']])],
]);

function valueOf(text: string): Value {
  const evaluate = new ExpressionCompiler(CONSTANTS).compile(parseExpression(text));
  return evaluate({ message: MESSAGE, element: null, workLeft: MAX_WORK });
}

describe('an expression', () => {
  it.each<[string, Value]>([
    // literals
    ['true', true],
    ['nil', null],
    ['42', 42],
    ['.5', 0.5],
    ['1.5e3', 1_500],
    [`"a 'b'"`, "a 'b'"],
    [String.raw`'it\'s\ta\\b\u00e9\x41\U0001F600'`, "it's\ta\\bé\u0041😀"],
    ['`raw \\n "text"`', 'raw \\n "text"'],
    ['[1, "b", nil,]', [1, 'b', null]],
    ['[]', []],
    // arithmetic
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3.5],
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['2 ** 3 ** 2', 512],
    ['2 * 3 ** 2', 18],
    ['2 ^ 3', 8],
    ['-2 ** 2', -4],
    ['2 ** -1', 0.5],
    ['- -2', 2],
    ['+3', 3],
    ['10 - 3 - 2', 5],
    ['"a" + "b"', 'ab'],
    // comparison
    ['1 < 2', true],
    ['"a" < "b"', true],
    ['2 >= 2', true],
    ['1 == 1.0', true],
    ['"1" == 1', false],
    ['"1" != 1', true],
    ['[1, 2] == [1, 2]', true],
    ['[1, 2] == [2, 1]', false],
    ['nil == nil', true],
    ['field.huge == 9007199254740993', false],
    ['field.huge > 9007199254740992', true],
    ['field.huge == field.huge', true],
    // logic
    ['true and false or true', true],
    ['true || false && false', true],
    ['not false and false', false],
    ['not (false and false)', true],
    ['!true || true', true],
    ['not name == "x"', 'error'],
    ['false && 1 / 0 == "never"', false],
    ['true or tag.type % 2 == 1', true],
    // choice
    ['1 < 2 ? "yes" : "no"', 'yes'],
    ['false ? 1 : true ? 2 : 3', 2],
    ['nil ?? "default"', 'default'],
    ['"default" == tag.missing ?? "default"', true],
    ['1 + nil ?? 2', 3],
    ['-nil ?? 3', -3],
    ['"" ?? "default"', ''],
    // membership
    ['name', 'job'],
    ['tag.hostname', 'node01'],
    ['tags.hostname', 'node01'],
    ['tag["my-key"]', 'odd'],
    ['tag.type-id', '3'],
    ['tag["type-id"]', '3'],
    ['tag.typeid', '3'],
    ['tag.stype-id', '7'],
    ['tag.stypeid', '7'],
    ['tag_type-id', '3'],
    ['tags_hostname', 'node01'],
    ['type', 'socket'],
    ['type-id', '3'],
    ['"type-id"', 'type-id'],
    ['field.count', 5],
    ['fields.isOn', true],
    ['field_count', 5],
    ['meta.oldname', 'task'],
    ['meta_oldname', 'task'],
    ['event', '{"jobId": 69}'],
    ['log', null],
    ['value', null],
    ['timestamp', 1_740_027_951],
    ['time == timestamp', true],
    ['messagetype', 'event'],
    ['msgtype', 'event'],
    ['LIMIT + 1', 5],
    ['SITES.fau', 'Erlangen'],
    ['tag.missing', null],
    ['tag.missing?.deeper', null],
    ['tag?.hostname', 'node01'],
    ['[1, 2, 3][0]', 1],
    ['[1, 2, 3][-1]', 3],
    ['"b" in ["a", "b"]', true],
    ['"c" not in ["a", "b"]', true],
    ['"hostname" in tag', true],
    ['"typeid" in tag', true],
    ['"cluster" in tags', false],
    ['"x" in nil', false],
    ['name in ["job", "slurm"] and tag.type == "socket"', true],
    // texts
    ['name contains "o"', true],
    ['tag.hostname startsWith "node"', true],
    ['tag.hostname endsWith "01"', true],
    ['name not contains "x"', true],
    ['tag.missing contains "x"', false],
    ['tag.missing startsWith "x"', false],
    ['tag.missing matches "x"', false],
    ['tag.hostname matches "^node[0-9]+$"', true],
    ['tag.hostname matches "de0"', true],
    ['tag.hostname not matches "^x"', true],
    ['tag.hostname matches ("^(?i)NODE")', true],
    [String.raw`tag.hostname matches "\\d{2}"`, true],
    // functions
    ['len("aé😀")', 3],
    ['len([1, 2])', 2],
    ['len(tags)', 6],
    ['lower("HELLO")', 'hello'],
    ['upper("hello")', 'HELLO'],
    ['trim("  Hello  ")', 'Hello'],
    ['trim("__Hello__", "_")', 'Hello'],
    ['trim("__", "_")', ''],
    ['trimPrefix("HelloWorld", "Hello")', 'World'],
    ['trimSuffix("HelloWorld", "World")', 'Hello'],
    ['trimSuffix("a", "")', 'a'],
    ['hasPrefix("HelloWorld", "Hello")', true],
    ['hasSuffix("HelloWorld", "World")', true],
    ['indexOf("apple pie", "pie")', 6],
    ['lastIndexOf("apple pie apple", "apple")', 10],
    ['replace("Hello World", "World", "$&")', 'Hello $&'],
    ['repeat("Hi", 3)', 'HiHiHi'],
    ['split("apple,orange,grape", ",")', ['apple', 'orange', 'grape']],
    ['split("apple,orange,grape", ",", 2)', ['apple', 'orange,grape']],
    ['join(["apple", "orange"], ",")', 'apple,orange'],
    ['join(["apple", "orange"])', 'appleorange'],
    ['int("123")', 123],
    ['int("9007199254740993")', 9_007_199_254_740_993n],
    ['int(2.9)', 2],
    ['int(tag.typeid) % 2 == 1', true],
    ['float("123.45")', 123.45],
    ['string(1.5)', '1.5'],
    ['string(nil)', '<nil>'],
    ['abs(-5)', 5],
    ['ceil(1.5)', 2],
    ['floor(1.5)', 1],
    ['round(-1.5)', -2],
    ['round(2.5)', 3],
    ['max(5, 7)', 7],
    ['min([5, 7], 3)', 3],
    ['keys(SITES)', ['fau']],
    ['values(SITES)', ['Erlangen']],
    ['get(tag, "none") ?? get([1], 1)', null],
    ['type(42) + type("a") + type(nil) + type([1]) + type(tag) + type(true)', 'intstringnilarraymapbool'],
    // predicates
    ['all([1, 2], # > 0)', true],
    ['any([1, 2], {# > 1})', true],
    ['none([1, 2], # > 2)', true],
    ['one([1, 2], # == 2)', true],
    ['filter([1, 2, 3], # % 2 == 1)', [1, 3]],
    ['map(["a"], upper(#))', ['A']],
    ['count([1, 2, 3], # > 1)', 2],
    ['find([1, 2, 3], # > 1)', 2],
    ['any(["jo", "sl"], name startsWith #)', true],
    ['any([1], # == 1) and any([2], # == 2)', true],
    [`true${' and true'.repeat(400)}`, true],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, true],
    // white space
    ['  name\n==\t"job"  ', true],
  ])('%s', (text, expected) => {
    if (expected === 'error') expect(() => valueOf(text)).toThrow(EvaluationError);
    else expect(valueOf(text)).toEqual(expected);
  });
});

describe('what is no expression is refused, with its column:', () => {
  it.each([
    ['', 'there is no condition'],
    ['  ', 'there is no condition'],
    ['name = "x"', 'there is an unexpected = at column 6'],
    ['name == ', 'Expected expression after == at column 9'],
    ['name == "x', 'the text has no closing quote at column 9'],
    [String.raw`name == "a\.b"`, 'there is no such escape in a text at column 11'],
    [String.raw`"\u12"`, 'there is no such escape in a text at column 2'],
    ['name "x"', 'there is an unexpected " at column 6'],
    ['a, b', 'a ) is missing at column 2'],
    [',true', 'an expression is missing at column 1'],
    ['true;', 'there is an unexpected ; at column 5'],
    ['(true', 'a ) is missing at column 6'],
    ['true)', 'there is a closing bracket without an opening one'],
    ['true), (true', 'there is a closing bracket without an opening one'],
    ['true) and (true', 'there is a closing bracket without an opening one'],
    ['["a" "b"]', 'there is an unexpected " at column 6'],
    ['[1,,2]', 'an expression is missing at column 4'],
    ['len(1 2)', 'there is an unexpected 2 at column 7'],
    ['1..3', 'Unexpected period at column 3'],
    ['0x2A', 'Variable names cannot start with a number (0x) at column 2'],
    ['name | lower()', 'there is an unexpected | at column 6'],
    ['{"a": 1}', 'maps in braces are not supported'],
    ['let x = 1; x', 'there is an unexpected x at column 5'],
    ['name === "x"', 'at column 8'],
    ['[1, 2][0:1]', 'Unclosed [ at column 9'],
    ['not', 'an operand is missing at column 4'],
    ['null', 'the name null means nothing here'],
    ['this', 'ThisExpression is not supported'],
    ['nobody == 1', 'the name nobody means nothing here'],
    ['constructor == 1', 'the name constructor means nothing here'],
    ['__proto__', 'the name __proto__ means nothing here'],
    ['now() > 1', 'the function now is not supported'],
    ['constructor("x")', 'the function constructor is not supported'],
    ['name.constructor("x")', 'only functions can be called, no members'],
    ['lower()', 'the function lower does not take 0 arguments'],
    ['any([1])', 'the function any takes a list and a predicate'],
    ['# == 1', '# stands in predicates only'],
    ['any([1], any([2], # == 1))', 'a predicate within a predicate is not supported'],
    ['lower({name})', 'braces stand around predicates only'],
    ['name matches tag.pattern', 'the pattern of matches must be a text in quotes'],
    ['name matches "["', 'the pattern cannot be read: error parsing regexp: missing closing ]'],
    ['name matches "(?=a)"', 'the pattern cannot be read'],
    ['name matches "((a{100}){100}){100}"', 'the pattern cannot be read'],
    ['name matches "(a?){900}a{900}"', 'the pattern repeats too much'],
    [`name matches "${'a'.repeat(1_001)}"`, 'a pattern has at most 1000 characters'],
    ['1e999 > 1', 'there is a number that is too large'],
    [`name == "${'x'.repeat(4_096)}"`, 'a condition has at most 4096 characters'],
    [`${'('.repeat(70)}true${')'.repeat(70)}`, 'there are more than 64 levels at column'],
    [`${'!'.repeat(4_000)}true`, 'there are more than 64 levels at column'],
    ['['.repeat(4_000), 'there are more than 64 levels at column'],
    ['len('.repeat(1_000), 'there are more than 64 levels at column'],
    ['true ? '.repeat(500), 'there are more than 64 levels at column'],
    [`${'1 ** '.repeat(600)}1`, 'it has more than 500 parts in a row'],
    [`true${' || true'.repeat(500)}`, 'it has more than 500 parts in a row'],
  ])('%s', (text, message) => {
    expect(() => valueOf(text)).toThrow(ExpressionError);
    expect(() => valueOf(text)).toThrow(message);
  });
});

describe('a value of the wrong type is an error, not an exception:', () => {
  it.each([
    ['tag.type % 2 == 1', 'string is no number'],
    ['name > 1', 'string and int have no order'],
    ['tag.missing < 1', 'nil and int have no order'],
    ['tag.missing.deeper', 'nil has no members'],
    ['name.length', 'string has no members'],
    ['name["constructor"]', 'string has no members'],
    ['[1].length', 'string is no number'],
    ['[1][1]', 'the list has no such element'],
    ['[1][0.5]', 'the list has no such element'],
    ['tag[1]', 'int is no text'],
    ['name and true', 'string is neither true nor false'],
    ['"a" in "abc"', 'nothing can be in string'],
    ['1 % 0', 'a remainder takes whole numbers'],
    ['1 + "a"', 'string is no number'],
    ['int("12x")', 'the text is no whole number'],
    ['float("")', 'the text is no number'],
    ['lower(1)', 'int is no text'],
    ['string(tag)', 'map is not made a text'],
    ['join([1])', 'int is no text'],
    ['min([])', 'there is no number'],
    ['repeat("a", -1)', 'a text is repeated a whole number of times'],
    ['filter(name, true)', 'string is no list'],
    ['all([1], #)', 'int is neither true nor false'],
  ])('%s', (text, message) => {
    expect(() => valueOf(text)).toThrow(EvaluationError);
    expect(() => valueOf(text)).toThrow(message);
  });
});

describe('prototypes', () => {
  it.each([
    ['tag.constructor', null],
    ['tag["toString"]', null],
    ['tag.__proto__', 'own'],
    ['meta.__proto__', null],
    ['"constructor" in tag', false],
    ['SITES.hasOwnProperty', null],
    ['meta_constructor', null],
  ])('are out of reach: %s', (text, expected) => expect(valueOf(text)).toBe(expected));
});

describe('what a condition may do to a large message is bounded:', () => {
  const large = (text: string) => {
    const message = { ...MESSAGE, fields: new Map([['event', 'ab'.repeat(500_000)]]) };
    const evaluate = new ExpressionCompiler(CONSTANTS).compile(parseExpression(text));
    return () => evaluate({ message, element: null, workLeft: MAX_WORK });
  };

  it.each([
    ['event + event', 'a text would have more than 1048576 characters'],
    ['repeat("x", 9007199254740991)', 'a text would have more than'],
    ['repeat(repeat("x", 1000000), 1000000)', 'a text would have more than'],
    ['replace(event, "b", "bb")', 'a text has more than 10000 parts'],
    ['replace(repeat("a", 9000), "a", repeat("b", 9000))', 'a text would have more than'],
    ['split(event, "")', 'a text has more than 10000 parts'],
    ['join(split(repeat("a,", 9999), ","), repeat("b", 9999))', 'a text would have more than'],
    [`len(upper(event)) > 0 and ${'lower(event) != "" and '.repeat(40)} true`, 'this takes too long'],
    [`any(split(repeat("a,", 9999), ","), # == "b"${' or # == "b"'.repeat(50)})`, 'this takes too long'],
    ['map(split(repeat("a,", 9999), ","), split(repeat("a,", 999), ","))', 'this takes too long'],
    [`event matches "(a|ab|b|ba){50}c"${' or event matches "(ab?){100}c"'.repeat(3)}`, 'this takes too long'],
  ])('%s', (text, message) => expect(large(text)).toThrow(message));

  it('takes a text of a million characters as it is', () => {
    expect(large('event contains "x" or event matches "^(ab)+$"')()).toBe(true);
  });

  it.each([
    'event matches "(a|aa|b)+$"',
    'event matches "(.*)*x"',
    'event matches "([ab]?){150}x"',
    'any(split(repeat("a,", 9999), ","), event contains # + "x")',
  ])('in no time to speak of: %s', (text) => {
    const begunAt = performance.now();
    try {
      large(text)();
    } catch (error) {
      expect(error).toBeInstanceOf(EvaluationError);
    }
    expect(performance.now() - begunAt).toBeLessThan(5_000);
  });
});
