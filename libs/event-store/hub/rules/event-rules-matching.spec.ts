import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePoint } from '../../line-protocol/index.js';
import { readLines } from '../../write/sorted-lines.js';
import { MAX_SEEN_CHARACTERS } from './conditions.js';
import { eventRuleBody, type Condition } from './event-rule.schema.js';
import { termsOf } from './event-rule.view.js';
import { allow, withHeldBack, type Raised } from './flood-guard.js';
import { Judge } from './judge.js';
import { judgedEvent, MAX_JSON_CHARACTERS, type JudgedEvent } from './judged-event.js';
import { isFound } from './patterns.js';

const NOW_MS = 1_740_000_000_000;

interface Said {
  readonly tags?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, number | string>>;
}

function eventOf(payload: unknown, { tags = {}, fields = {} }: Said = {}): JudgedEvent {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const line = encodePoint({
    name: 'job',
    tags: { cluster: 'alpha', ...tags },
    fields: { event: text, ...fields },
    timeMs: NOW_MS,
  });
  const [[cluster, { events }] = [] as never] = readLines(Buffer.from(line), NOW_MS, undefined).clusters;
  return judgedEvent(events[0]!, cluster, undefined);
}

const judge = (rule: object): Judge =>
  new Judge(termsOf(eventRuleBody.parse({ name: 'job', message: 'x', ...rule })));
const fits = (condition: Condition, event: JudgedEvent): boolean =>
  judge({ matcher: [condition] }).fits(event);
const say = (message: string, event: JudgedEvent): string => judge({ message }).say(event).message;

describe('a condition', () => {
  const event = eventOf(
    { state: 'failed', job: { exitCode: 3, ok: false, none: null }, nodes: ['n1', 'n2'] },
    { tags: { 'type-id': '7' }, fields: { load: 1.5 } },
  );
  it.each<[Condition, boolean]>([
    [{ path: 'state', op: 'equals', value: 'failed' }, true],
    [{ path: 'state', op: 'equals', value: 'fail' }, false],
    [{ path: 'job.exitCode', op: 'equals', value: 3 }, true],
    [{ path: 'job.exitCode', op: 'equals', value: '3' }, true],
    [{ path: 'job.ok', op: 'equals', value: false }, true],
    [{ path: 'job.none', op: 'equals', value: null }, true],
    [{ path: 'job', op: 'equals', value: '[object Object]' }, false],
    [{ path: 'state', op: 'notEquals', value: 'completed' }, true],
    [{ path: 'nothing', op: 'notEquals', value: 'completed' }, false],
    [{ path: 'state', op: 'contains', value: 'ail' }, true],
    [{ path: 'nodes', op: 'contains', value: 'n2' }, true],
    [{ path: 'nodes', op: 'contains', value: 'n' }, false],
    [{ path: 'nodes.1', op: 'equals', value: 'n2' }, true],
    [{ path: 'nodes.length', op: 'exists' }, false],
    [{ path: 'state.length', op: 'exists' }, false],
    [{ path: 'state', op: 'matches', value: '^fail(ed)?$' }, true],
    [{ path: 'state', op: 'matches', value: '(?i)FAIL' }, true],
    [{ path: 'job.exitCode', op: 'matches', value: '^3$' }, true],
    [{ path: 'job', op: 'matches', value: '.*' }, false],
    [{ path: 'job.exitCode', op: 'greater', value: 2 }, true],
    [{ path: 'job.exitCode', op: 'greater', value: 3 }, false],
    [{ path: 'job.exitCode', op: 'less', value: 4 }, true],
    [{ path: 'state', op: 'greater', value: 0 }, false],
    [{ path: 'state', op: 'less', value: 0 }, false],
    [{ tag: 'type-id', op: 'equals', value: 7 }, true],
    [{ tag: 'type-id', op: 'greater', value: 6 }, true],
    [{ field: 'load', op: 'less', value: 2 }, true],
    [{ path: 'job.none', op: 'exists' }, true],
    [{ path: 'job.nothing', op: 'exists' }, false],
    [{ path: 'job.nothing', op: 'exists', value: false }, true],
    [{ tag: 'nothing', op: 'exists', value: false }, true],
  ])('%j: %j', (condition, expected) => {
    expect(fits(condition, event)).toBe(expected);
  });

  it.each([
    '__proto__',
    'constructor',
    'constructor.name',
    'toString',
    '__proto__.polluted',
    'hasOwnProperty',
  ])('finds nothing that every object has: %s', (path) => {
    expect(fits({ path, op: 'exists' }, eventOf({ a: 1 }))).toBe(false);
    expect(fits({ tag: path, op: 'exists' }, eventOf({ a: 1 }))).toBe(false);
    expect(say(`{{payload.${path}}}{{tags.${path}}}`, eventOf({ a: 1 }))).toBe('--');
  });

  it('finds what a payload has of its own under such a name, and nothing else changes', () => {
    const odd = eventOf('{"__proto__":{"polluted":1}}');
    expect(fits({ path: '__proto__.polluted', op: 'equals', value: 1 }, odd)).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('finds the value at every path of any payload', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), fc.jsonValue({ maxDepth: 2 })),
        (payload) => {
          const one = eventOf(payload);
          for (const [name, value] of Object.entries(payload)) {
            expect(fits({ path: name, op: 'exists' }, one)).toBe(true);
            if (typeof value === 'object' && value !== null) continue;
            if (typeof value === 'string' && value.length > 500) continue;
            expect(fits({ path: name, op: 'equals', value }, one)).toBe(true);
            expect(fits({ path: name, op: 'notEquals', value }, one)).toBe(false);
          }
        },
      ),
    );
  });

  it('takes no longer than its text is long, whatever the pattern', () => {
    const begunAt = performance.now();
    expect(isFound('^(a|aa|a?a)*$', `${'a'.repeat(100_000)}b`)).toBe(true);
    expect(isFound('(x+x+)+y', 'x'.repeat(100_000))).toBe(false);
    expect(performance.now() - begunAt).toBeLessThan(1_000);
  });
});

describe('an event that is very long', () => {
  it('has a payload that is not read, though it is said', () => {
    const padded = (length: number) => `{"state":"failed"${' '.repeat(length - 18)}}`;
    const condition: Condition = { path: 'state', op: 'equals', value: 'failed' };
    expect(fits(condition, eventOf(padded(MAX_JSON_CHARACTERS)))).toBe(true);
    const longer = eventOf(padded(MAX_JSON_CHARACTERS + 1));
    expect(fits(condition, longer)).toBe(false);
    expect(say('{{payload.state}} {{payload}}', longer)).toMatch(/^- \{"state":"failed"/);
  });

  it('contains what is in its beginning', () => {
    const condition: Condition = { field: 'note', op: 'contains', value: 'bb' };
    const note = (at: number) => eventOf('x', { fields: { note: `${'a'.repeat(at)}bb` } });
    expect(fits(condition, note(MAX_SEEN_CHARACTERS - 2))).toBe(true);
    expect(fits(condition, note(MAX_SEEN_CHARACTERS - 1))).toBe(false);
  });
});

describe('a message', () => {
  const event = eventOf(
    { jobId: 7, state: 'failed', user: { name: 'ada' } },
    { tags: { hostname: 'n1', function: 'stop_job', unit: 'x' }, fields: { code: 3 } },
  );

  it('says what the event has, and a dash for what it has not', () => {
    const text =
      '{{name}}|{{ cluster }}|{{hostname}}|{{function}}|{{time}}|{{tags.unit}}|{{fields.code}}|{{payload.user.name}}|{{payload.user}}|{{payload.no.such}}|{{tags.no}}';
    expect(say(text, event)).toBe(
      'job|alpha|n1|stop_job|2025-02-19T21:20:00.000Z|x|3|ada|{"name":"ada"}|-|-',
    );
    expect(say('{{payload}}', event)).toBe('{"jobId":7,"state":"failed","user":{"name":"ada"}}');
    expect(say('{{payload}} {{payload.a}} {{hostname}}', eventOf('no JSON'))).toBe('no JSON - -');
    expect(say('{{payload}}', eventOf(''))).toBe('-');
  });

  it('is not read as a template again', () => {
    expect(say('{{payload}}', eventOf('{{name}}'))).toBe('{{name}}');
  });

  it('is never blank, too long, broken or full of what cannot be seen, whatever comes in', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).map((one) => one.toWellFormed());
    const long = fc.tuple(text, fc.nat(200)).map(([one, times]) => one.repeat(times));
    fc.assert(
      fc.property(fc.oneof(text, long), text, (payload, other) => {
        const title = '{{payload}} {{payload.a}}';
        const message = `${'{{payload}} '.repeat(20)}{{payload.a}} {{fields.other}}`;
        const said = judge({ title, message }).say(eventOf({ a: payload }, { fields: { other } }));
        for (const [shown, most] of [
          [said.message, 4_000],
          [said.title!, 200],
        ] as const) {
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown.trim()).not.toBe('');
          expect(shown.isWellFormed()).toBe(true);
          expect(shown).not.toMatch(/(?![\n\t])[\p{Cc}\u202e\u2066]/u);
        }
        expect(said.title).not.toMatch(/[\n\t]/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the guard against floods', () => {
  const fresh = (maxPerMinute: number): Raised => ({
    maxPerMinute,
    recentMs: [],
    heldBack: 0,
    heldSince: null,
  });

  it('never lets more through in any minute than it may, and loses count of none', () => {
    const steps = fc.array(
      fc.tuple(fc.nat(40_000), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 40 })),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), steps, (maxPerMinute, bodies) => {
        let [raised, nowMs, came, told] = [fresh(maxPerMinute), NOW_MS, 0, 0];
        const sentMs: number[] = [];
        for (const [laterMs, events, room] of bodies) {
          nowMs += laterMs;
          came += events;
          const allowed = allow(raised, events, room, new Date(nowMs));
          for (let sent = 0; sent < allowed.count; sent += 1) sentMs.push(nowMs);
          told += allowed.told?.count ?? 0;
          raised = { maxPerMinute, ...allowed.after };
          expect(sentMs.length + told + raised.heldBack).toBe(came);
          expect(raised.heldSince === null).toBe(raised.heldBack === 0);
          expect(sentMs.filter((ms) => nowMs - ms < 60_000).length).toBeLessThanOrEqual(maxPerMinute);
          expect(raised.recentMs.length).toBeLessThanOrEqual(maxPerMinute);
        }
      }),
    );
  });

  it('lets through what it may when a process whose clock was a day ahead has raised some', () => {
    const ahead = allow(fresh(2), 2, 100, new Date(NOW_MS + 86_400_000));
    expect(allow({ maxPerMinute: 2, ...ahead.after }, 2, 100, new Date(NOW_MS)).count).toBe(2);
  });

  it('lets through what it may, and tells with it what it held back and since when', () => {
    const at = (text: string) => new Date(`2026-01-01T${text}Z`);
    const first = allow(fresh(2), 5, 100, at('12:01:10'));
    expect([first.count, first.told, first.after.heldBack]).toEqual([2, undefined, 3]);
    const none = allow({ maxPerMinute: 2, ...first.after }, 4, 100, at('12:02:09'));
    expect([none.count, none.told, none.after.heldBack]).toEqual([0, undefined, 7]);
    const next = allow({ maxPerMinute: 2, ...none.after }, 1, 100, at('12:02:10'));
    expect([next.count, next.told]).toEqual([1, { count: 7, since: at('12:01:10') }]);
    expect([next.after.heldBack, next.after.heldSince]).toEqual([0, null]);
    expect(withHeldBack('failed', next.told!)).toBe('failed\n(and 7 more since 12:01 UTC)');
    expect(withHeldBack('x'.repeat(4_000), next.told!)).toMatch(/…\n\(and 7 more since 12:01 UTC\)$/);
    expect(withHeldBack('x'.repeat(4_000), next.told!)).toHaveLength(4_000);
  });
});
