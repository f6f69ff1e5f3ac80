import { binaryOperator } from './operators.js';
import { booleanFrom, ExpressionError, numberFrom, type Evaluate } from './value.js';

/** An operator between two values. Those of logic leave out what does not matter. */
export function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case 'and':
    case '&&':
      return (scope) => booleanFrom(left(scope)) && booleanFrom(right(scope));
    case 'or':
    case '||':
      return (scope) => booleanFrom(left(scope)) || booleanFrom(right(scope));
    case '??':
      return (scope) => left(scope) ?? right(scope);
    default: {
      const compute = binaryOperator(operator);
      if (!compute) throw new ExpressionError(`the operator ${operator} is not supported`);
      return (scope) => compute(left(scope), right(scope), scope);
    }
  }
}

/** A sign, or `not`. */
export function compileUnary(operator: string, argument: Evaluate): Evaluate {
  switch (operator) {
    case '-':
      return (scope) => -numberFrom(argument(scope));
    case '+':
      return (scope) => numberFrom(argument(scope));
    default:
      return (scope) => !booleanFrom(argument(scope));
  }
}
