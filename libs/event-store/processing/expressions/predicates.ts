import { booleanFrom, listFrom, spend, type Evaluate, type Scope, type Value } from './value.js';

/** A function of a list and of a predicate, in which `#` is an element of it. */
export type PredicateFunction = (list: readonly Value[], each: (element: Value) => Value) => Value;

const holding = (each: (element: Value) => Value) => (element: Value) => booleanFrom(each(element));

/** expr-lang's, as far as conditions on messages need them. */
export const PREDICATES: ReadonlyMap<string, PredicateFunction> = new Map<string, PredicateFunction>([
  ['all', (list, each) => list.every(holding(each))],
  ['any', (list, each) => list.some(holding(each))],
  ['none', (list, each) => !list.some(holding(each))],
  ['one', (list, each) => list.filter(holding(each)).length === 1],
  ['filter', (list, each) => list.filter(holding(each))],
  ['map', (list, each) => list.map((element) => each(element))],
  ['count', (list, each) => list.filter(holding(each)).length],
  ['find', (list, each) => list.find(holding(each)) ?? null],
]);

/** `work` is what the predicate costs for one element. */
export function withPredicate(
  apply: PredicateFunction,
  list: Evaluate,
  predicate: Evaluate,
  work: number,
): Evaluate {
  return (scope: Scope) =>
    apply(listFrom(list(scope)), (element) => {
      spend(scope, work);
      scope.element = element;
      return predicate(scope);
    });
}
