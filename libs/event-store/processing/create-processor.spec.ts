import { describe, expect, it } from 'vitest';
import { parseLines, type Point } from '../line-protocol/index.js';
import { createProcessor, InvalidProcessing, type ProcessingFailure } from './index.js';

const NOW_MS = Date.UTC(2026, 5, 1);
const PATH = 'nats.process_messages';

const point = (line: string): Point => parseLines(Buffer.from(line), { nowMs: NOW_MS })[0]!;
const METRIC = 'net_bytes_in,type=node,type-id=0,unit=Byte value=1024';

/** What a processor makes of a line: name, tags and fields; undefined when it drops it. */
function processed(raw: unknown, line = METRIC, failures: ProcessingFailure[] = []) {
  const { process } = createProcessor(raw, PATH, { onError: (failure) => failures.push(failure) });
  const made = process?.(point(line));
  if (!made) return undefined;
  const { series, fields } = made;
  return [series.name, Object.fromEntries(series.tags), Object.fromEntries(fields)];
}

const TAGS = { type: 'node', 'type-id': '0', unit: 'Byte' };
const FIELDS = { value: 1024 };
const IF_MATCH = "name == 'net_bytes_in'";
const rule = (key: string, value?: string, condition = IF_MATCH) => ({ if: condition, key, value });

describe('every stage does what it does in cc-lib:', () => {
  it.each<[string, unknown, unknown]>([
    ['drop_messages', { drop_messages: ['net_bytes_in'] }, undefined],
    ['drop_messages of others', { drop_messages: ['x'] }, ['net_bytes_in', TAGS, FIELDS]],
    ['drop_by_message_type', { drop_by_message_type: ['metric'] }, undefined],
    [
      'drop_by_message_type of others',
      { drop_by_message_type: ['event', 'log'] },
      ['net_bytes_in', TAGS, FIELDS],
    ],
    ['drop_messages_if', { drop_messages_if: [`${IF_MATCH} && tags.type == 'node'`] }, undefined],
    [
      'drop_messages_if, one of two',
      { drop_messages_if: ["name == 'x' && tags.typeid % 2 == 1", "tag.type == 'node'"] },
      undefined,
    ],
    [
      'drop_messages_if of others',
      { drop_messages_if: ["name == 'x' && tags.typeid % 2 == 1"] },
      ['net_bytes_in', TAGS, FIELDS],
    ],
    [
      'rename_messages',
      { rename_messages: { net_bytes_in: 'out', rapl_power: 'cpu' } },
      ['out', TAGS, FIELDS],
    ],
    [
      'rename_messages_if',
      { rename_messages_if: { [IF_MATCH]: 'out', "name == 'x'": 'y' } },
      ['out', TAGS, FIELDS],
    ],
    [
      'rename_messages_if in its order, each seeing the names before it',
      { rename_messages_if: { [IF_MATCH]: 'one', "name == 'one'": 'two', [`${IF_MATCH} `]: 'never' } },
      ['two', TAGS, FIELDS],
    ],
    [
      'add_tags_if',
      { add_tags_if: [rule('cluster', 'mycluster'), rule('never', 'x', 'false')] },
      ['net_bytes_in', { ...TAGS, cluster: 'mycluster' }, FIELDS],
    ],
    [
      'add_tags_if over what is there',
      { add_tags_if: [rule('type', 'socket')] },
      ['net_bytes_in', { ...TAGS, type: 'socket' }, FIELDS],
    ],
    [
      'delete_tags_if',
      { delete_tags_if: [rule('type'), rule('missing')] },
      ['net_bytes_in', { 'type-id': '0', unit: 'Byte' }, FIELDS],
    ],
    [
      'add_field_if, as text',
      { add_field_if: [rule('f', '1')] },
      ['net_bytes_in', TAGS, { ...FIELDS, f: '1' }],
    ],
    [
      'delete_field_if',
      { delete_field_if: [rule('f')], add_field_if: [rule('f', '1'), rule('g', '2')] },
      ['net_bytes_in', TAGS, { ...FIELDS, g: '2' }],
    ],
    [
      'move_tag_to_field_if',
      { move_tag_to_field_if: [rule('type-id', 'typeid'), rule('missing', 'x')] },
      ['net_bytes_in', { type: 'node', unit: 'Byte' }, { ...FIELDS, typeid: '0' }],
    ],
    [
      'move_field_to_tag_if, a number as text',
      { move_field_to_tag_if: [rule('value', 'was')], add_field_if: [rule('f', 'x')] },
      ['net_bytes_in', { ...TAGS, was: '1024' }, { f: 'x' }],
    ],
    [
      'move_tag_to_meta_if, then move_meta_to_tag_if',
      {
        move_tag_to_meta_if: [rule('unit', 'u')],
        move_meta_to_tag_if: [rule('u', 'einheit', "meta.u == 'Byte'")],
      },
      ['net_bytes_in', { type: 'node', 'type-id': '0', einheit: 'Byte' }, FIELDS],
    ],
    [
      'add_meta_if, then move_meta_to_field_if',
      { add_meta_if: [rule('source', 'me')], move_meta_to_field_if: [rule('source', 'from')] },
      ['net_bytes_in', TAGS, { ...FIELDS, from: 'me' }],
    ],
    [
      'delete_meta_if',
      {
        add_meta_if: [rule('a', '1'), rule('b', '2')],
        delete_meta_if: [rule('a')],
        move_meta_to_field_if: [rule('a', 'a'), rule('b', 'b')],
      },
      ['net_bytes_in', TAGS, { ...FIELDS, b: '2' }],
    ],
    [
      'move_field_to_meta_if, which lives no longer than the message is processed',
      { move_field_to_meta_if: [rule('value', 'was')], add_field_if: [rule('f', 'x')] },
      ['net_bytes_in', TAGS, { f: 'x' }],
    ],
    [
      'a rename, which keeps the old name in meta.oldname',
      {
        stage_order: ['rename', 'move_meta_to_tags'],
        rename_messages: { net_bytes_in: 'new' },
        move_meta_to_tag_if: [rule('oldname', 'was', 'true')],
      },
      ['new', { ...TAGS, was: 'net_bytes_in' }, FIELDS],
    ],
    [
      'add_base_env',
      {
        add_base_env: { LIMIT: 1000, SITE: { name: 'fau' }, IS_ON: true },
        add_tags_if: [rule('site', 'here', "value > LIMIT and SITE.name == 'fau' and IS_ON")],
      },
      ['net_bytes_in', { ...TAGS, site: 'here' }, FIELDS],
    ],
  ])('%s', (_what, raw, expected) => expect(processed(raw)).toEqual(expected));

  it.each([
    ['log', 'ccb log="x"'],
    ['event', 'job event="x",log="y",extra=1'],
    ['control', 'c,method=GET control="x"'],
    ['metric', 'm other=1,value=1'],
  ])('drop_by_message_type tells a %s from the others', (type, line) => {
    const others = ['log', 'event', 'control', 'metric'].filter((other) => other !== type);
    expect(processed({ drop_by_message_type: [type] }, line)).toBeUndefined();
    expect(processed({ drop_by_message_type: others }, line)).toBeDefined();
  });

  it('adds the cluster to what names none, as configurations in use have it', () => {
    const raw = {
      add_tags_if: [rule('cluster', 'alex', "tag.cluster == nil && tag.hostname matches '^a[0-9]+$'")],
    };
    expect(processed(raw, 'job,hostname=a1 event="x"')?.[1]).toEqual({ hostname: 'a1', cluster: 'alex' });
    expect(processed(raw, 'job,hostname=a1,cluster=fritz event="x"')?.[1]).toEqual({
      hostname: 'a1',
      cluster: 'fritz',
    });
    expect(processed(raw, 'job,hostname=b1 event="x"')?.[1]).toEqual({ hostname: 'b1' });
  });
});

describe('the order of stages', () => {
  const raw = {
    rename_messages: { net_bytes_in: 'net_bytes_in_renamed' },
    drop_messages: ['net_bytes_in'],
    add_tags_if: [rule('cluster', 'c', "name == 'net_bytes_in_renamed'")],
  };

  it('drops before it renames, when nothing else is said', () => expect(processed(raw)).toBeUndefined());

  it('is that of stage_order, by the names of the code', () => {
    const stage_order = ['rename', 'drop_if', 'drop_by_name', 'add_tag'];
    expect(processed({ ...raw, stage_order })).toEqual([
      'net_bytes_in_renamed',
      { ...TAGS, cluster: 'c' },
      FIELDS,
    ]);
  });

  it('is that of stage_order, by the keys, which the documentation gives as names', () => {
    expect(processed({ ...raw, stage_order: ['rename_messages', 'drop_messages', 'add_tags_if'] })?.[0]).toBe(
      'net_bytes_in_renamed',
    );
  });

  it('may have a stage twice, and one left out, which is warned of', () => {
    const order = { ...raw, stage_order: ['add_tag', 'rename', 'add_tag'] };
    expect(processed(order)?.[1]).toEqual({ ...TAGS, cluster: 'c' });
    expect(createProcessor(order, PATH).warnings).toEqual([
      `${PATH}.drop_messages is ignored: stage_order leaves it out`,
    ]);
  });
});

describe('a configuration that cannot work is refused, with the place and the reason:', () => {
  const problemsOf = (raw: unknown): readonly string[] => {
    try {
      createProcessor(raw, 'p');
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidProcessing);
      return (error as InvalidProcessing).problems.map(({ path, reason }) => `${path} ${reason}`);
    }
    return [];
  };

  it.each<[unknown, readonly string[]]>([
    [[], ['p must be object, not array']],
    ['text', ['p must be object, not string']],
    [{ drop_messages: 'x' }, ['p.drop_messages must be array, not string']],
    [{ drop_messages: [1] }, ['p.drop_messages.0 must be string, not number']],
    [
      { drop_by_message_type: ['query'] },
      ['p.drop_by_message_type.0 must be one of "metric"|"event"|"log"|"control"'],
    ],
    [
      { drop_messages_if: ['name ='] },
      ['p.drop_messages_if.0 cannot be used: there is an unexpected = at column 6'],
    ],
    [{ drop_messages_if: [''] }, [expect.stringContaining('there is no condition: "true" is one') as string]],
    [{ rename_messages: { a: '' } }, ['p.rename_messages.a must not be empty: it is a name']],
    [
      { rename_messages_if: { nobody: 'x' } },
      ['p.rename_messages_if.nobody cannot be used: the name nobody means nothing here'],
    ],
    [
      { add_tags_if: [{ key: 'a', value: 'b' }] },
      ['p.add_tags_if.0.if must be a condition in text: "true" is one that always holds'],
    ],
    [{ add_tags_if: [{ key: 'a', if: 'true' }] }, ['p.add_tags_if.0.value must be text, in quotes']],
    [
      { add_tags_if: [{ key: 'a', value: 1, if: 'true' }] },
      ['p.add_tags_if.0.value must be text, in quotes'],
    ],
    [
      { add_tags_if: [{ key: 'a', value: '', if: 'true' }] },
      ['p.add_tags_if.0.value must not be empty: there are no empty tags'],
    ],
    [{ delete_tags_if: [{ key: '', if: 'true' }] }, ['p.delete_tags_if.0.key must not be empty']],
    [
      { move_tag_to_meta_if: [{ key: 'a', if: 'true' }] },
      ['p.move_tag_to_meta_if.0.value must be the name it goes to'],
    ],
    [
      { delete_field_if: [{ key: 'event', if: 'true' }] },
      [expect.stringContaining('p.delete_field_if.0.key cannot be event') as string],
    ],
    [
      { stage_order: ['drop_by_name', 'nonsense'] },
      ['p.stage_order.1 must be the name of a stage, not "nonsense"'],
    ],
    [
      { add_base_env: { A: [1] } },
      ['p.add_base_env.A must be text, a number, true or false, or an object of these'],
    ],
    [
      { drop_messages_if: ['name', "name matches '['"], add_tags_if: [rule('a', 'b', '(')] },
      [
        'p.drop_messages_if.0 cannot be used: it is neither true nor false, whatever the message',
        'p.drop_messages_if.1 cannot be used: the pattern cannot be read: error parsing regexp: missing closing ]: `[`',
        'p.add_tags_if.0.if cannot be used: an expression is missing at column 2',
      ],
    ],
  ])('%j', (raw, expected) => expect(problemsOf(raw)).toEqual(expected));
});

describe('a configuration that does nothing', () => {
  it.each([[undefined], [null], [{}], [{ drop_messages: [], add_tags_if: null }]])(
    '%j makes no processor',
    (raw) => expect(createProcessor(raw, PATH)).toEqual({ process: undefined, warnings: [] }),
  );

  it('is warned of', () => {
    const raw = {
      normalize_units: true,
      change_unit_prefix: { true: 'G' },
      add_tag_if: [],
      add_tags_if: [{ ...rule('a', 'b'), when: 'true' }],
      add_base_env: { name: 'x', OTHER: 'y' },
      stage_order: ['add_tag', 'normalize_unit'],
      constructor: 1,
    };
    const { warnings, process } = createProcessor(raw, 'p');
    expect(process).toBeDefined();
    expect(warnings).toEqual([
      'p.normalize_units is ignored: it changes units of metrics, and those are not stored',
      'p.change_unit_prefix is ignored: it changes units of metrics, and those are not stored',
      'p.add_tag_if is not known, and ignored',
      'p.add_tags_if.0.when is not known, and ignored',
      'p.constructor is not known, and ignored',
      'p.add_base_env.name is ignored: in conditions this is something of the message',
      'p.stage_order.1 is ignored: normalize_unit is about units of metrics',
    ]);
  });
});

describe('a condition that fails on a message', () => {
  it('counts as false, is told every time, and does not stop the others', () => {
    const failures: ProcessingFailure[] = [];
    const raw = {
      drop_messages_if: ['tag.type % 2 == 0', "name == 'drop'"],
      add_tags_if: [rule('a', 'b', 'value'), rule('c', 'd', 'true')],
    };
    expect(processed(raw, METRIC, failures)).toEqual(['net_bytes_in', { ...TAGS, c: 'd' }, FIELDS]);
    expect(processed(raw, 'drop,type=x value=1', failures)).toBeUndefined();
    expect(failures).toEqual([
      { path: `${PATH}.drop_messages_if.0`, reason: 'string is no number' },
      {
        path: `${PATH}.add_tags_if.0.if`,
        reason: 'the condition is neither true nor false, but int',
      },
      { path: `${PATH}.drop_messages_if.0`, reason: 'string is no number' },
    ]);
  });
});

describe('what goes in', () => {
  it('comes out itself when nothing changes', () => {
    const { process } = createProcessor(
      { add_tags_if: [rule('type', 'node'), rule('x', 'y', 'false')] },
      PATH,
    );
    const original = point(METRIC);
    expect(process!(original)).toBe(original);
  });

  it('shares its series with what is of the same series and changes alike', () => {
    const { process } = createProcessor(
      { add_tags_if: [rule('big', 'yes', 'value > 9'), rule('c', 'd', 'true')] },
      PATH,
    );
    const lines = [1, 2, 30].map((value) => `m,a=b value=${value}`).join('\n');
    const [one, two, other] = parseLines(Buffer.from(lines), { nowMs: NOW_MS }).map((each) => process!(each));
    expect(two?.series).toBe(one?.series);
    expect(Object.fromEntries(other!.series.tags)).toEqual({ a: 'b', big: 'yes', c: 'd' });
    expect(Object.fromEntries(one!.series.tags)).toEqual({ a: 'b', c: 'd' });
  });

  it('is dropped when no field is left', () => {
    expect(processed({ move_field_to_tag_if: [rule('value', 'v')] })).toBeUndefined();
  });

  it('gets no empty tag from an empty field', () => {
    const raw = { move_field_to_tag_if: [rule('f', 'type', 'true')] };
    expect(processed(raw, 'm,type=node f="",g=1')).toEqual(['m', {}, { g: 1 }]);
  });

  it('keeps tags and fields named as prototypes, and gets at no others', () => {
    const raw = {
      rename_messages: { constructor: 'x' },
      drop_messages_if: ['tag.constructor != nil', 'tag["toString"] != nil'],
      add_tags_if: [rule('__proto__', 'tag', 'tag.__proto__ == "mine"')],
      move_tag_to_field_if: [rule('__proto__', '__proto__', 'true')],
    };
    const { process } = createProcessor(raw, PATH);
    const made = process!(point('toString,__proto__=mine,a=b f=1'))!;
    expect([...made.series.tags]).toEqual([['a', 'b']]);
    expect([...made.fields]).toEqual([['f', 1], ['__proto__', 'tag']]); // prettier-ignore
    expect(made.series.name).toBe('toString');
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

it('takes its keys in any case, as Go does, and names of messages as they are', () => {
  const { process, warnings } = createProcessor(
    { ADD_tags_IF: [{ Key: 'cluster', VALUE: 'tc', If: 'name == "Job"' }], Rename_Messages: { old: 'Job' } },
    'process_messages',
  );
  const made = process!(point(`Job event="x"`));
  expect(warnings).toEqual([]);
  expect(made!.series.tags.get('cluster')).toBe('tc');
});
