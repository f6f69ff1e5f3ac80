import {
  assertFits,
  EvaluationError,
  isList,
  isMap,
  isNumber,
  numberFrom,
  spend,
  spendOnText,
  textFrom,
  typeOf,
  type Scope,
  type Value,
} from './value.js';

/** What takes both sides as values. Those that may leave one out, and `matches`, are compiled by themselves. */
export type BinaryOperator = (left: Value, right: Value, scope: Scope) => Value;

const onNumbers =
  (compute: (left: number, right: number) => number): BinaryOperator =>
  (left, right) =>
    compute(numberFrom(left), numberFrom(right));

/** As expr-lang, nothing holds of nil here: tags that are not there are no error. */
const onTexts =
  (test: (text: string, part: string) => boolean): BinaryOperator =>
  (left, right, scope) => {
    if (left === null || right === null) return false;
    const text = textFrom(left);
    const part = textFrom(right);
    spendOnText(scope, text.length);
    return test(text, part);
  };

const ordered =
  (test: (left: number | bigint | string, right: number | bigint | string) => boolean): BinaryOperator =>
  (left, right) => {
    const isOrdered =
      typeof left === 'string' ? typeof right === 'string' : isNumber(left) && isNumber(right);
    if (!isOrdered) throw new EvaluationError(`${typeOf(left)} and ${typeOf(right)} have no order`);
    return test(left as number, right as number);
  };

const BINARY_OPERATORS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['==', (left, right, scope) => areEqual(left, right, scope)],
  ['!=', (left, right, scope) => !areEqual(left, right, scope)],
  ['<', ordered((left, right) => left < right)],
  ['>', ordered((left, right) => left > right)],
  ['<=', ordered((left, right) => left <= right)],
  ['>=', ordered((left, right) => left >= right)],
  ['in', (left, right, scope) => isIn(left, right, scope)],
  ['contains', onTexts((text, part) => text.includes(part))],
  ['startsWith', onTexts((text, part) => text.startsWith(part))],
  ['endsWith', onTexts((text, part) => text.endsWith(part))],
  ['+', (left, right) => sum(left, right)],
  ['-', onNumbers((left, right) => left - right)],
  ['*', onNumbers((left, right) => left * right)],
  ['/', onNumbers((left, right) => left / right)],
  ['%', onNumbers(remainder)],
  ['**', onNumbers((left, right) => left ** right)],
  ['^', onNumbers((left, right) => left ** right)],
]);

/** By its name; that of one with `not` in front says the opposite. */
export function binaryOperator(name: string): BinaryOperator | undefined {
  const affirmed = name.startsWith('not ') ? BINARY_OPERATORS.get(name.slice(4)) : undefined;
  return affirmed ? (left, right, scope) => !affirmed(left, right, scope) : BINARY_OPERATORS.get(name);
}

/** Values of different types differ; of numbers the value counts, whatever they were written as. */
function areEqual(left: Value, right: Value, scope: Scope): boolean {
  if (left === right) return true;
  // oxlint-disable-next-line eslint/eqeqeq -- a bigint and a number of the same value are equal this way only
  if (isNumber(left) && isNumber(right)) return left == right;
  if (!isList(left) || !isList(right) || left.length !== right.length) return false;
  spend(scope, left.length);
  return left.every((element, index) => areEqual(element, right[index] ?? null, scope));
}

function isIn(wanted: Value, all: Value, scope: Scope): boolean {
  if (isList(all)) {
    spend(scope, all.length);
    return all.some((element) => areEqual(wanted, element, scope));
  }
  if (isMap(all)) return memberOf(all, textFrom(wanted)) !== null;
  // As expr-lang: nothing is in nothing.
  if (all === null) return false;
  throw new EvaluationError(`nothing can be in ${typeOf(all)}`);
}

/** cc-lib's names for tags that would be subtractions; `type_id` is what `type-id` is read as. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['typeid', 'type-id'],
  ['type_id', 'type-id'],
  ['stypeid', 'stype-id'],
  ['stype_id', 'stype-id'],
]);

/** The member of that name, or of the name it stands for; nil when there is none. */
export function memberOf(map: ReadonlyMap<string, Value>, key: string): Value {
  const member = map.get(key);
  if (member !== undefined) return member;
  const alias = ALIASES.get(key);
  return alias === undefined ? null : (map.get(alias) ?? null);
}

/** `map["key"]`, or `list[0]`: a negative index counts from the end. */
export function itemOf(container: Value, key: Value): Value {
  if (isMap(container)) return memberOf(container, textFrom(key));
  if (!isList(container)) throw new EvaluationError(`${typeOf(container)} has no members`);
  const item = container.at(numberFrom(key));
  if (item === undefined || !Number.isInteger(key)) throw new EvaluationError('the list has no such element');
  return item;
}

function sum(left: Value, right: Value): Value {
  if (typeof left !== 'string' || typeof right !== 'string') return numberFrom(left) + numberFrom(right);
  assertFits(left.length + right.length);
  return left + right;
}

function remainder(left: number, right: number): number {
  if (!Number.isInteger(left) || !Number.isInteger(right) || right === 0)
    throw new EvaluationError('a remainder takes whole numbers, and none of zero');
  return left % right;
}
