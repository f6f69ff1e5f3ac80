import { describe, expect, it } from 'vitest';
import { forEachPoint, LineProtocolError, parseLines, type FieldValue } from './index.js';

const NOW_MS = Date.UTC(2026, 5, 1);
const TIME = 1_740_027_951;

const parse = (text: string | Buffer) => parseLines(Buffer.from(text), { nowMs: NOW_MS });

/** A line's name, tags and fields. */
function read(text: string): [string, Record<string, string>, Record<string, FieldValue>] {
  const [point, ...rest] = parse(text);
  expect(rest).toEqual([]);
  const { series, fields } = point!;
  return [series.name, Object.fromEntries(series.tags), Object.fromEntries(fields)];
}

const timeOf = (text: string) => {
  const { timeMs, hasTime } = parse(`m f=1 ${text}`)[0]!;
  return hasTime ? timeMs : undefined;
};

describe('a line', () => {
  it.each<[string, string, ReturnType<typeof read>]>([
    ['of a log', 'ccb,hostname=n1 log="x" 1', ['ccb', { hostname: 'n1' }, { log: 'x' }]],
    ['without tags', 'm value=1.5', ['m', {}, { value: 1.5 }]],
    ['without tags, as cc senders write it', 'm, event="x"', ['m', {}, { event: 'x' }]],
    ['with a comma after the last tag', 'm,a=1, f=1', ['m', { a: '1' }, { f: 1 }]],
    ['with unsorted tags', 'm,b=2,a=1 f=1', ['m', { a: '1', b: '2' }, { f: 1 }]],
    ['with a tag twice', 'm,a=1,a=2 f=1', ['m', { a: '2' }, { f: 1 }]],
    ['with a tag twice, last empty', 'm,a=1,a= f=1', ['m', {}, { f: 1 }]],
    ['with a field twice', 'm f=1,f=2', ['m', {}, { f: 2 }]],
    ['with an empty tag', 'job,hostname=n1,partition= f=1', ['job', { hostname: 'n1' }, { f: 1 }]],
    ['with several spaces', '  m,a=1   f=1   1740027951   ', ['m', { a: '1' }, { f: 1 }]],
    ['with escapes in the name', 'a\\,b\\ c\\=d,t=1 f=1', ['a,b c\\=d', { t: '1' }, { f: 1 }]],
    ['with escapes in tags', 'm,a\\,\\=\\ b=\\=\\,\\  f=1', ['m', { 'a,= b': '=, ' }, { f: 1 }]],
    ['with escapes in a field key', 'm a\\,\\=\\ b=1', ['m', {}, { 'a,= b': 1 }]],
    ['with other backslashes', 'm\\x,t=c:\\d \\q=1', ['m\\x', { t: 'c:\\d' }, { '\\q': 1 }]],
    ['whose tag swallows the separator', 'm,a=x\\,b=1 f=1', ['', {}, {}]],
    ['with __proto__', 'm,__proto__=1 f=1', ['m', { ['__proto__']: '1' }, { f: 1 }]],
    ['with letters from everywhere', 'mé,ü=語 😀="😀"', ['mé', { ü: '語' }, { '😀': '😀' }]],
  ])('%s', (what, text, expected) => {
    if (what.includes('swallows')) expect(() => read(text)).toThrow('at line 1:9: an equals sign in a tag');
    else expect(read(text)).toEqual(expected);
  });

  it('reads what cc-event-client sends, to the byte', () => {
    const text =
      'myevent,cluster=tc,hostname=vm event="This is \\"my\\" \\\\ event\nsecond line" 1795176057541046835\n';
    const nowMs = 1_795_176_060_000;
    const [point] = parseLines(Buffer.from(text), { nowMs });
    expect(point).toEqual({
      series: {
        name: 'myevent',
        tags: new Map([
          ['cluster', 'tc'],
          ['hostname', 'vm'],
        ]),
      },
      fields: new Map([['event', 'This is "my" \\ event\nsecond line']]),
      timeMs: 1_795_176_057_541,
      hasTime: true,
    });
  });
});

describe('a value', () => {
  it.each<[string, FieldValue]>([
    ['1', 1],
    ['-1.5', -1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1_000],
    ['-1.5E-2', -0.015],
    ['12i', 12],
    ['-12i', -12],
    ['12u', 12],
    ['9007199254740993i', 9_007_199_254_740_993n],
    ['-9223372036854775808i', -(2n ** 63n)],
    ['18446744073709551615u', 2n ** 64n - 1n],
    ['00000000000000000000000000012i', 12],
    ...['t', 'T', 'true', 'True', 'TRUE'].map((text): [string, boolean] => [text, true]),
    ...['f', 'F', 'false', 'False', 'FALSE'].map((text): [string, boolean] => [text, false]),
    ['""', ''],
    ['"a b,c=d#e"', 'a b,c=d#e'],
    ['"\\""', '"'],
    ['"\\\\"', '\\'],
    ['"\\\\\\""', '\\"'],
    ['"a\\nb\\rc\\td"', 'a\nb\rc\td'],
    ['"\\q\\/\\u0041\\b"', '\\q\\/\\u0041\\b'],
    ['"\\\\n"', '\\n'],
    ['"a\nb\r\nc\0"', 'a\nb\r\nc\0'],
    ['"{\\"jobId\\": 69}"', '{"jobId": 69}'],
    ['"{\\"a\\":\\"x\\\\ny\\"}"', '{"a":"x\\ny"}'],
    ['{"jobId": 69, "a": {"b": "}\\"{"}}', '{"jobId": 69, "a": {"b": "}\\"{"}}'],
  ])('%s', (text, expected) => {
    expect(read(`m f=${text},g=1 1740027951`)[2]).toEqual({ f: expected, g: 1 });
  });
});

describe('a body', () => {
  it.each([
    ['nothing', '', 0],
    ['blank lines', '\n \n\r\n  \r\n', 0],
    ['comments', '# a=b c="\n   # more\n#', 0],
    ['lines with LF', 'm f=1\nm f=2\n', 2],
    ['lines with CRLF', 'm f=1\r\nm f=2 1740027951\r\n', 2],
    ['a last line without a break', 'm f=1\nm f=2', 2],
    ['blanks and comments between', '\n# one\nm f=1\n\n # two\nm f="#"\n', 2],
  ])('of %s', (_what, text, count) => expect(parse(text)).toHaveLength(count));

  it('shares what lines begin with alike', () => {
    const [one, two, three] = parse('m,a=1 f=1\nm,a=2 f=1\nm,a=1 f=2\n');
    expect(three?.series).toBe(one?.series);
    expect(two?.series).not.toBe(one?.series);
  });

  it('keeps apart more beginnings than it remembers', () => {
    const numbers = Array.from({ length: 5_000 }, (_, index) => String(index % 2_500));
    const text = numbers.map((number) => `m,a=${number} f=1`).join('\n');
    expect(parse(text).map(({ series }) => series.tags.get('a'))).toEqual(numbers);
  });
});

describe('a time', () => {
  const MS = TIME * 1_000;
  it.each([
    ['in seconds', `${TIME}`, MS],
    ['in milliseconds', `${TIME}123`, MS + 123],
    ['in microseconds', `${TIME}123456`, MS + 123],
    ['in nanoseconds', `${TIME}123456789`, MS + 123],
    ['in nanoseconds just before the next millisecond', `${TIME}123999999`, MS + 123],
    ['with leading zeros', `000000000000000000000000${TIME}`, MS],
    ['that is not there', '', undefined],
    ['a day ahead', String(NOW_MS + 86_400_000), NOW_MS + 86_400_000],
    ['more than a day ahead', String(NOW_MS + 86_400_001), undefined],
    ['before 2000', String(Date.UTC(2000, 0, 1) - 1), undefined],
    ['in 2000', String(Date.UTC(2000, 0, 1)), Date.UTC(2000, 0, 1)],
    ['of a clock that was never set', '1', undefined],
    ['before 1970', `-${TIME}`, undefined],
    ['as late as 64 bits go', '9223372036854775807', undefined],
  ])('%s', (_what, text, expected) => expect(timeOf(text)).toBe(expected));

  it('is that of arrival where there is none', () => expect(parse('m f=1')[0]?.timeMs).toBe(NOW_MS));
});

describe('what is no line protocol is refused, with its place:', () => {
  it.each([
    ['no field', 'm', '1:2: the line has no field'],
    ['no field before the next line', 'm\nm f=1', '1:2: the line has no field'],
    ['no field after tags', 'm,a=1 \n', '1:7: the line has no field'],
    ['no name', ',a=1 f=1', '1:1: the name is empty'],
    ['two commas', 'm,,a=1 f=1', '1:3: a tag has no key'],
    ['a tag without a key', 'm,=1 f=1', '1:3: a tag has no key'],
    ['a tag without a value', 'm,a f=1', '1:4: a tag has no value'],
    ['a bare equals sign in a tag', 'm,a=b=c f=1', '1:6: an equals sign in a tag needs a backslash'],
    ['a tab in the name', 'a\tb f=1', '1:2: there is a control character'],
    ['a field without a key', 'm =1', '1:3: a field has no key'],
    ['a field without a value', 'm f', '1:4: a field has no value'],
    ['a field with an empty value', 'm f= 1', '1:5: a field has no value'],
    ['a comma after the last field', 'm f=1, 5', '1:7: a field has no value'],
    ['text without quotes', 'm control=intel.pkg', '1:11: a value is neither text in quotes, number nor'],
    ['NaN', 'm f=NaN', '1:5: a value is neither'],
    ['infinity', 'm f=1e999', '1:5: a value is neither'],
    ['a whole number over 64 bits', 'm f=9223372036854775808i', '1:5: a value is neither'],
    ['an unsigned number below zero', 'm f=-1u', '1:5: a value is neither'],
    ['a quote that is not closed', 'm f=1\nm f="x\\"', '2:5: a quoted text does not end'],
    ['a brace that is not closed', 'm f={"a":{}\nm g=1}', '1:5: an object does not end'],
    ['something after a quote', 'm f="x"y', '1:8: the line does not end here'],
    ['something after the time', 'm f=1 1740027951 x', '1:18: the line does not end here'],
    ['a time with a point', 'm f=1 1740027951.5', '1:17: the line does not end here'],
    ['a time that is text', 'm f=1 now', '1:7: the line does not end here'],
    ['a time over 64 bits', 'm f=1 9223372036854775808', '1:7: the time is no whole number of 64 bits'],
    ['a carriage return alone', 'm f=1\rm f=1', '1:6: the line does not end here'],
    ['a place after wide letters', 'm é="語"x', '1:11: the line does not end here'],
    ['a place after breaks in quotes', '#\n\nm f="\n\n",g=x', '5:5: a value is neither'],
  ])('%s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(`at line ${message}`);
    expect(() => parse(text)).toThrow(LineProtocolError);
  });

  it.each([
    ['half a letter', Buffer.from('m f="é"').subarray(0, 6), 'at line 1:6: the text is not UTF-8'],
    ['Latin-1', Buffer.from('m f=1\nm f="é"', 'latin1'), 'at line 2:6: the text is not UTF-8'],
  ])('%s', (_what, bytes, message) => expect(() => parse(bytes)).toThrow(message));

  it('an objection of whoever looks at the points, at the beginning of the line', () => {
    const seen: string[] = [];
    const visit = () =>
      forEachPoint(Buffer.from('a f=1\n\n  b f="\n"\nc f=1'), { nowMs: NOW_MS }, ({ series: { name } }) => {
        seen.push(name);
        return name === 'c' ? 'we want no c' : undefined;
      });
    expect(visit).toThrow('at line 5:1: we want no c');
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});

describe('names on one line', () => {
  const named = (count: number): string => Array.from({ length: count }, (_, at) => `,n${at}=1`).join('');
  const readOf = (text: string) => parseLines(Buffer.from(text), { nowMs: Date.UTC(2026, 5, 1) });

  it('are a thousand of tags and of fields at the most', () => {
    const [point] = readOf(`m${named(1_000)} ${named(1_000).slice(1)}`);
    expect([point?.series.tags.size, point?.fields.size]).toEqual([1_000, 1_000]);
    expect(() => readOf(`m ${named(1_001).slice(1)}`)).toThrow('the line has more than 1000 fields');
    expect(() => readOf(`m${named(1_001)} f=1`)).toThrow('the line has more than 1000 tags');
  });
});
