import type { Point } from '../../line-protocol/index.js';
import { otherKindOf, payloadOf } from '../../record/index.js';
import { memberOf } from './operators.js';
import type { Evaluate, MessageView, Value } from './value.js';

/** Text, numbers, truth, and maps of these that the configuration adds by `add_base_env`. */
export type Constants = ReadonlyMap<string, Value>;

const tag =
  (key: string): Evaluate =>
  ({ message }) =>
    message.tags.get(key) ?? null;
const field =
  (key: string): Evaluate =>
  ({ message }) =>
    message.fields.get(key) ?? null;
const seconds: Evaluate = ({ message }) => Math.floor(message.timeMs / 1_000);
const kind: Evaluate = ({ message }) => messageTypeOf(message);
const tags: Evaluate = ({ message }) => message.tags;
const fields: Evaluate = ({ message }) => message.fields;
const meta: Evaluate = ({ message }) => message.meta;

const VARIABLES: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['name', ({ message }) => message.name],
  ['timestamp', seconds],
  ['time', seconds],
  ['messagetype', kind],
  ['msgtype', kind],
  ['tag', tags],
  ['tags', tags],
  ['field', fields],
  ['fields', fields],
  ['meta', meta],
  ['value', field('value')],
  ['metric', field('value')],
  ['event', field('event')],
  ['log', field('log')],
  ['control', field('control')],
  ['type', tag('type')],
  ['typeid', tag('type-id')],
  ['type_id', tag('type-id')],
  ['stype', tag('stype')],
  ['stypeid', tag('stype-id')],
  ['stype_id', tag('stype-id')],
]);
const PREFIXED = /^(?<part>tags?|fields?|meta)_(?<key>.+)$/u;

/** What a name in a condition means: first what it is for everybody, then a constant. Undefined when it means nothing. */
export function variableNamed(name: string, constants: Constants): Evaluate | undefined {
  const variable = VARIABLES.get(name);
  if (variable) return variable;
  const constant = constants.get(name);
  if (constant !== undefined) return () => constant;
  const { part, key } = PREFIXED.exec(name)?.groups ?? {};
  if (part === undefined || key === undefined) return undefined;
  const read = VARIABLES.get(part)!;
  return (scope) => memberOf(read(scope) as ReadonlyMap<string, Value>, key);
}

/** Whether a constant of that name would never be seen. */
export const isVariable = (name: string): boolean => VARIABLES.has(name);

/** What the store takes a message for: `event` before `log`; `unknown` for what is none of the four. */
export function messageTypeOf(message: MessageView): string {
  const point = pointOf(message);
  const payload = payloadOf(point);
  if (payload) return payload.kind;
  const other = otherKindOf(point);
  return other === 'other' ? 'unknown' : other;
}

const pointOf = ({ name, tags: own, fields: values, timeMs }: MessageView): Point => ({
  series: { name, tags: own },
  fields: values,
  timeMs,
  hasTime: true,
});
