import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue, Point } from '../line-protocol/index.js';
import { createProcessor } from './index.js';

const NAMES = ['job', 'slurm', 'cpu_load', 'ccb'];
const KEYS = ['type', 'type-id', 'cluster', '__proto__', 'constructor', 'event', 'value', 'f'];
const name = fc.constantFrom(...NAMES);
const key = fc.constantFrom(...KEYS);
const text = fc.constantFrom('', '1', 'node', 'é😀', '{"jobId": 69}');
const value: fc.Arbitrary<FieldValue> = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.bigInt({ min: 0n, max: 2n ** 64n }),
);

const points: fc.Arbitrary<Point> = fc.record({
  series: fc.record({
    name,
    tags: fc
      .array(
        fc.tuple(
          key,
          text.filter((each) => each !== ''),
        ),
      )
      .map((entries) => new Map(entries)),
  }),
  fields: fc.array(fc.tuple(key, value), { minLength: 1 }).map((entries) => new Map(entries)),
  timeMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  hasTime: fc.boolean(),
});

/** Some of them make sense for every message, some for a few, some for none. */
const OPERANDS = ['name', 'tag.type', 'tag["__proto__"]', 'field.value', 'fields.event', 'meta.oldname', 'value', '1', '"node"', '[1, "node"]', 'nil', 'true', 'tag.type-id', 'timestamp', 'len(tags)', 'int(value)', 'lower(event)', 'any(keys(fields), # == "f")']; // prettier-ignore
const OPERATORS = [
  '==',
  '!=',
  '<',
  '>=',
  'in',
  'not in',
  'contains',
  'startsWith',
  '+',
  '%',
  '??',
  'and',
  'or',
  '**',
];
const operand = fc.constantFrom(...OPERANDS);
const expressions = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { depthSize: 'small' },
    operand,
    fc
      .tuple(tie('whole'), fc.constantFrom(...OPERATORS), tie('whole'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('whole').map((inner) => `not (${inner})`),
    fc
      .tuple(tie('whole'), tie('whole'), tie('whole'))
      .map(([test, one, other]) => `(${test} ? ${one} : ${other})`),
  ),
})).whole;
/** A comparison at least, so that it is not refused for being no condition. */
const conditions = fc.oneof(fc.constant('true'), expressions.map((expression) => `(${expression}) == true`), expressions.map((expression) => `(${expression}) or false`)); // prettier-ignore

const rules = fc.array(fc.record({ key, value: text.filter((each) => each !== ''), if: conditions }), {
  maxLength: 3,
});
const fieldRules = rules.map((all) => all.filter((each) => each.key === 'f'));
const STAGES = ['drop_by_name', 'drop_by_type', 'drop_if', 'add_tag', 'delete_tag', 'move_tag_to_meta', 'move_tag_to_fields', 'add_meta', 'delete_meta', 'move_meta_to_tags', 'move_meta_to_fields', 'add_field', 'delete_field', 'move_field_to_tags', 'move_field_to_meta', 'rename', 'rename_if']; // prettier-ignore
const processors = fc.record(
  {
    stage_order: fc.array(fc.constantFrom(...STAGES)),
    drop_messages: fc.subarray(NAMES, { maxLength: 1 }),
    drop_messages_if: fc.array(conditions, { maxLength: 2 }),
    drop_by_message_type: fc.subarray(['event', 'log', 'metric', 'control'], { maxLength: 1 }),
    rename_messages: fc.dictionary(name, name, { maxKeys: 2 }),
    rename_messages_if: fc.dictionary(conditions, name, { maxKeys: 2 }),
    add_tags_if: rules,
    delete_tags_if: rules,
    add_meta_if: rules,
    delete_meta_if: rules,
    add_field_if: rules,
    delete_field_if: fieldRules,
    move_tag_to_meta_if: rules,
    move_tag_to_field_if: rules,
    move_meta_to_tag_if: rules,
    move_meta_to_field_if: rules,
    move_field_to_tag_if: rules,
    move_field_to_meta_if: rules,
  },
  { requiredKeys: [] },
);

const copyOf = ({ series, fields, ...rest }: Point) => ({
  ...rest,
  name: series.name,
  tags: [...series.tags],
  fields: [...fields],
});

describe('any processor', () => {
  it(
    'never throws, never changes what it is given, and makes nothing without a field or with an empty tag',
    { timeout: 60_000 },
    () => {
      const seen = { dropped: 0, kept: 0, changed: 0, failed: 0 };
      fc.assert(
        fc.property(processors, fc.array(points, { minLength: 1, maxLength: 5 }), (raw, all) => {
          const { process } = createProcessor(raw, 'p', { onError: () => (seen.failed += 1) });
          for (const point of all) {
            const before = copyOf(point);
            const made = process ? process(point) : point;
            expect(copyOf(point)).toEqual(before);
            if (!made) seen.dropped += 1;
            else if (made === point) seen.kept += 1;
            else {
              seen.changed += 1;
              expect(made.fields.size).toBeGreaterThan(0);
              expect([...made.series.tags.values()]).not.toContain('');
              expect([made.timeMs, made.hasTime]).toEqual([point.timeMs, point.hasTime]);
            }
          }
        }),
        { numRuns: 1_500 },
      );
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
    },
  );

  it('drops exactly the messages that its condition holds for', { timeout: 60_000 }, () => {
    const seen = { held: 0, not: 0 };
    fc.assert(
      fc.property(conditions, points, (condition, point) => {
        const rule = { key: 'mark', value: 'yes', if: condition };
        const marked = createProcessor({ add_tags_if: [rule] }, 'p').process!(point)!;
        const holds = marked.series.tags.get('mark') === 'yes';
        seen[holds ? 'held' : 'not'] += 1;
        const dropped = createProcessor({ drop_messages_if: [condition] }, 'p').process!(point) === undefined;
        expect(dropped).toBe(holds);
        const failures: string[] = [];
        const opposite = createProcessor({ drop_messages_if: [`not (${condition})`] }, 'p', { onError: ({ reason }) => failures.push(reason) }).process!(point) === undefined; // prettier-ignore
        expect(opposite).toBe(!holds && failures.length === 0);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.held, seen.not)).toBeGreaterThan(200);
  });

  it('refuses with its own error, whatever is configured as a condition', { timeout: 60_000 }, () => {
    const pieces = [...OPERANDS, ...OPERATORS, '(', ')', '[', ']', '{', '}', '#', ',', '?', ':', '.', '?.', '"', "'", '`', '\\', '|', ';', '-', '!', 'not', 'all(', 'matches', '..', '\n', '😀', '\0']; // prettier-ignore
    const scribbles = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => parts.join(' '));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(scribbles, fc.string({ unit: 'binary' })), points, (condition, point) => {
        try {
          const { process } = createProcessor({ drop_messages_if: [condition] }, 'p');
          accepted += 1;
          process!(point);
        } catch (error) {
          expect((error as Error).name).toBe('InvalidProcessing');
        }
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
