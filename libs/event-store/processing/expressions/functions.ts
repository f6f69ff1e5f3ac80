import { itemOf } from './operators.js';
import { TEXT_FUNCTIONS } from './text-functions.js';
import {
  EvaluationError,
  isList,
  isMap,
  isNumber,
  mapFrom,
  numberFrom,
  spend,
  spendOnText,
  textFrom,
  typeOf,
  type Scope,
  type Value,
  type ValueFunction,
} from './value.js';

const onNumber = (compute: (value: number) => number): ValueFunction => ({
  least: 1,
  most: 1,
  run: ([value]) => compute(numberFrom(value ?? null)),
});

/** Of the numbers given, or of those in the lists given. */
const onNumbers = (compute: (left: number, right: number) => number): ValueFunction => ({
  least: 1,
  most: 100,
  run: (given, scope) => {
    const numbers = given.flatMap((value) => (isList(value) ? value : [value])).map(numberFrom);
    spend(scope, numbers.length);
    if (numbers.length === 0) throw new EvaluationError('there is no number');
    return numbers.reduce(compute);
  },
});

const onOne = (run: (value: Value, scope: Scope) => Value): ValueFunction => ({
  least: 1,
  most: 1,
  run: ([value], scope) => run(value ?? null, scope),
});

/** expr-lang's functions, as far as conditions on messages need them. */
export const FUNCTIONS: ReadonlyMap<string, ValueFunction> = new Map<string, ValueFunction>([
  ...TEXT_FUNCTIONS,
  ['len', onOne(lengthOf)],
  ['type', onOne(typeOf)],
  ['int', onOne((value) => (isNumber(value) ? wholeOf(value) : wholeFrom(textFrom(value))))],
  ['float', onOne((value) => (isNumber(value) ? Number(value) : floatFrom(textFrom(value))))],
  ['string', onOne(asText)],
  ['abs', onNumber(Math.abs)],
  ['ceil', onNumber(Math.ceil)],
  ['floor', onNumber(Math.floor)],
  // Halves go away from zero, where Math.round takes them up.
  ['round', onNumber((value) => Math.sign(value) * Math.round(Math.abs(value)))],
  ['max', onNumbers((left, right) => Math.max(left, right))],
  ['min', onNumbers((left, right) => Math.min(left, right))],
  ['keys', onOne((value, scope) => listed(mapFrom(value).keys(), scope))],
  ['values', onOne((value, scope) => listed(mapFrom(value).values(), scope))],
  ['get', { least: 2, most: 2, run: ([container, key]) => itemOrNil(container ?? null, key ?? null) }],
]);

function lengthOf(value: Value, scope: Scope): number {
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  const text = textFrom(value);
  spendOnText(scope, text.length);
  let length = text.length;
  for (let at = 0; at < text.length; at += 1)
    if (text.codePointAt(at)! > 0xffff) {
      length -= 1;
      at += 1;
    }
  return length;
}

const wholeOf = (value: number | bigint): Value => (typeof value === 'bigint' ? value : Math.trunc(value));

function wholeFrom(text: string): Value {
  if (!/^[+-]?\d{1,20}$/u.test(text)) throw new EvaluationError('the text is no whole number');
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text.replace('+', ''));
}

function floatFrom(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(text.slice(0, 400)))
    throw new EvaluationError('the text is no number');
  return Number(text);
}

/** A value as a text; of lists and maps there is none. */
export function asText(value: Value): string {
  if (isList(value) || isMap(value)) throw new EvaluationError(`${typeOf(value)} is not made a text`);
  return value === null ? '<nil>' : String(value);
}

function listed(values: Iterable<Value>, scope: Scope): readonly Value[] {
  const list = [...values];
  spend(scope, list.length);
  return list;
}

function itemOrNil(container: Value, key: Value): Value {
  if (isList(container) && typeof key === 'number' && container.at(key) === undefined) return null;
  return container === null ? null : itemOf(container, key);
}
