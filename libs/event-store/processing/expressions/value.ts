import type { FieldValue } from '../../line-protocol/index.js';

/** What conditions compute with. A map is a `Map`, never an object: nothing in it leads to a prototype. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | ReadonlyMap<string, Value>;

/** What a condition sees of a message. */
export interface MessageView {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly meta: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, FieldValue>;
}

/** One evaluation of one condition. */
export interface Scope {
  readonly message: MessageView;
  /** `#` of the predicate that is being evaluated. */
  element: Value;
  /** What this evaluation may still do; see `spend`. */
  workLeft: number;
}

export type Evaluate = (scope: Scope) => Value;

/** A function that takes values only; see `predicates.ts` for the others. */
export interface ValueFunction {
  readonly least: number;
  readonly most: number;
  run(this: void, given: readonly Value[], scope: Scope): Value;
}

/** Why a condition has no answer for a message, in words that begin small. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** Why a condition cannot be used at all, in words that begin small. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Every text that a condition makes is at most this long: messages are strangers', and texts multiply. */
const MAX_TEXT_CHARACTERS = 1_048_576;
/** Some ten milliseconds, and with the worst of patterns half a second. A list costs one for each element that is made or seen. */
export const MAX_WORK = 1_000_000;
const CHARACTERS_PER_WORK = 32;

/** Takes from what an evaluation may do. Throws an `EvaluationError` when nothing is left. */
export function spend(scope: Scope, work: number): void {
  scope.workLeft -= work;
  if (scope.workLeft < 0) throw new EvaluationError('this takes too long');
}

/** As `spend`, for going once through a text of so many characters. */
export const spendOnText = (scope: Scope, characters: number): void =>
  spend(scope, characters / CHARACTERS_PER_WORK);

/** Throws an `EvaluationError` unless a text of so many characters may be made. */
export function assertFits(characters: number): void {
  if (characters > MAX_TEXT_CHARACTERS)
    throw new EvaluationError(`a text would have more than ${MAX_TEXT_CHARACTERS} characters`);
}

/** As expr-lang's `type`. */
export function typeOf(value: Value): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    default:
      return 'map';
  }
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value): value is ReadonlyMap<string, Value> => value instanceof Map;
export const isNumber = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

export function textFrom(value: Value): string {
  if (typeof value !== 'string') throw new EvaluationError(`${typeOf(value)} is no text`);
  return value;
}

/** A whole number of more than 53 bits loses its last digits. */
export function numberFrom(value: Value): number {
  if (!isNumber(value)) throw new EvaluationError(`${typeOf(value)} is no number`);
  return Number(value);
}

export function booleanFrom(value: Value): boolean {
  if (typeof value !== 'boolean') throw new EvaluationError(`${typeOf(value)} is neither true nor false`);
  return value;
}

export function listFrom(value: Value): readonly Value[] {
  if (!isList(value)) throw new EvaluationError(`${typeOf(value)} is no list`);
  return value;
}

export function mapFrom(value: Value): ReadonlyMap<string, Value> {
  if (!isMap(value)) throw new EvaluationError(`${typeOf(value)} is no map`);
  return value;
}
