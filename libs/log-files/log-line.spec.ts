import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogLine } from './log-line.js';

const DIRECTORY = new URL('../../test/fixtures/eventstore/', import.meta.url);
const contentOf = (name: string): string => readFileSync(new URL(name, DIRECTORY), 'utf8');
const linesOf = (name: string): readonly string[] => contentOf(name).trim().split('\n');
const at = (time: string): number => Date.parse(time);

describe('a line of a log of', () => {
  it('20.6 is of level info where it names none', () => {
    expect(linesOf('clef-20.6-election-lines.jsonl').map((line) => readLogLine(line))).toEqual([
      { timeMs: at('2020-10-05T11:13:39.008Z'), level: 'debug' },
      { timeMs: at('2020-10-05T11:13:39.013Z'), level: 'info' },
      { timeMs: at('2020-10-05T11:13:39.013Z'), level: 'info' },
      { timeMs: at('2020-10-05T11:13:39.015Z'), level: 'info' },
      { timeMs: at('2020-10-05T11:13:39.017Z'), level: 'info' },
    ]);
  });

  it('25.1 has a time with an offset, and its level after the renderings', () => {
    const readings = linesOf('clef-25.1-lines.jsonl').map((line) => readLogLine(line));
    expect(readings[0]).toEqual({ timeMs: at('2026-01-11T15:32:37.337Z'), level: 'trace' });
    expect(new Set(readings.map(({ level }) => level))).toEqual(new Set(['trace']));
    expect(readings.every(({ timeMs }) => timeMs !== undefined)).toBe(true);
  });

  it.each(['clef-25.0-docs.txt', 'clef-warnings-docs.txt'])('%s is read though it is laid out', (name) => {
    const events = contentOf(name)
      .split(/(?<=^\})/m)
      .map((text) => text.trim())
      .filter((text) => text !== '');
    const readings = events.map((text) => readLogLine(text));
    const expected = events.map((text) => JSON.parse(text) as Record<string, string>);
    expect(readings.map(({ timeMs }) => timeMs)).toEqual(expected.map((event) => at(event['@t'] ?? '')));
    expect(readings.length).toBeGreaterThan(1);
    expect(new Set(readings.map(({ level }) => level))).toEqual(
      new Set(name.includes('warnings') ? ['warn'] : ['info', 'debug']),
    );
  });

  it.each([
    [
      '{ "PID": "10", "ThreadID": "7", "Date": "2019-11-22T08:10:22.1234567Z", "Level": "WARN", "Message": "m" }',
      'warn',
    ],
    [
      '{"PID":"10","ThreadID":"7","Date":"2019-11-22 08:10:22.1234","Level":"Trace","Message":"\\"Level\\""}',
      'trace',
    ],
  ])('5.x: %s', (line, level) => {
    expect(readLogLine(line)).toEqual({ timeMs: at('2019-11-22T08:10:22.123Z'), level });
  });

  it.each([
    '',
    'Starting up',
    '[00001,01,08:10:22.123,ERR] failed',
    '   at Some.Method()',
    '{',
    '{}',
    '{nonsense',
    '[]',
    'null',
  ])('nothing we know has no time and is info: %j', (line) => {
    expect(readLogLine(line)).toEqual({ timeMs: undefined, level: 'info' });
  });
});

describe('the level', () => {
  const TIME = '"@t":"2026-01-11T15:32:37.3375492+01:00"';
  const levelOf = (rest: string): string => readLogLine(`{${TIME},${rest}}`).level;

  it.each([
    ['Verbose', 'trace'],
    ['Debug', 'debug'],
    ['Information', 'info'],
    ['Warning', 'warn'],
    ['Error', 'error'],
    ['Fatal', 'fatal'],
    ['error', 'error'],
    ['of no kind', 'info'],
  ])('%s is %s', (name, level) => {
    expect(levelOf(`"@mt":"m","@l":"${name}"`)).toBe(level);
  });

  it.each([
    ['in the template', '"@mt":"said \\",\\"@l\\":\\"Fatal\\"","@l":"Error"'],
    ['behind a backslash at the end of the template', '"@mt":"C:\\\\","@l":"Error"'],
    ['in a rendering', '"@mt":"m","@r":["\\",\\"@l\\":\\"Fatal\\"","]"],"@l":"Error"'],
    ['after the exception', '"@mt":"m","@x":"e","@l":"Error"'],
    ['in another order, behind an inner one', '"inner":{"a":1,"@l":"Fatal"},"@l":"Error"'],
    ['with white space', '"@mt" : "m" , "@l" : "Error"'],
    ['twice, once inside', '"@mt":"m","@l":"Error","inner":{"@l":"Fatal"}'],
  ])("is the event's own: %s", (_, rest) => {
    expect(levelOf(rest)).toBe('error');
  });

  it('of an inner object is not that of a line without one', () => {
    expect(levelOf('"@mt":"m","inner":{"a":1,"@l":"Fatal"}')).toBe('info');
  });

  it('and the time of a line that was cut are what its beginning says', () => {
    const cut = `{${TIME},"@mt":"m","@l":"Fatal","@x":"   at Some.Met`;
    expect(readLogLine(cut)).toEqual({ timeMs: at('2026-01-11T14:32:37.337Z'), level: 'fatal' });
    expect(readLogLine(`{${TIME},"@mt":"no end`)).toEqual({
      timeMs: at('2026-01-11T14:32:37.337Z'),
      level: 'info',
    });
  });
});

describe('the time', () => {
  it.each(['yesterday', '', '1', '2026-13-11T15:32:37Z', '2026-01-11', '2026-01-11T15:32:37.1234567890Z'])(
    'is none where it is written as %j',
    (time) => {
      expect(readLogLine(`{"@t":"${time}","@mt":"m"}`).timeMs).toBeUndefined();
    },
  );
});

describe('a scan', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant({ '@l': 'Fatal', a: ['"@l":"Fatal"'] }));
  const event = fc.record(
    {
      '@t': fc
        .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      '@mt': fc.oneof(fc.string(), fc.constantFrom('\\', '"', ',"@l":"Fatal"', '{a}"]')),
      '@r': fc.array(fc.oneof(fc.string(), fc.constantFrom('\\"', ']', ',"@l":"Fatal"'))),
      '@l': fc.constantFrom('Verbose', 'Debug', 'Information', 'Warning', 'Error', 'Fatal'),
      '@i': fc.nat(),
      '@x': fc.string(),
      'x"@l': fc.constant('Fatal'),
      p: value,
    },
    { requiredKeys: ['@t'] },
  );
  const LEVELS: Record<string, string> = { Verbose: 'trace', Information: 'info', Warning: 'warn' };

  it('says what parsing the whole line would say', () => {
    fc.assert(
      fc.property(event, fc.boolean(), (fields, isTurned) => {
        const entries = Object.entries(fields);
        const line = JSON.stringify(Object.fromEntries(isTurned ? entries.toReversed() : entries));
        const name = fields['@l'] ?? 'Information';
        expect(readLogLine(line)).toEqual({
          timeMs: Date.parse(fields['@t']),
          level: LEVELS[name] ?? name.toLowerCase(),
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws, whatever the line is', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(60), (text, length) => {
        const whole = `{"@t":"2026-01-11T15:32:37Z","@mt":"m","@r":["1"],"@l":"Error"}`;
        expect(['info', 'error']).toContain(readLogLine(whole.slice(0, length) + text).level);
      }),
    );
  });
});
