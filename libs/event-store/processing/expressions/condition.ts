import type jsep from 'jsep';
import { ExpressionCompiler } from './compile-expression.js';
import { parseExpression } from './parse-expression.js';
import { EvaluationError, ExpressionError, MAX_WORK, typeOf, type MessageView } from './value.js';
import type { Constants } from './variables.js';

/**
 * Whether something holds of a message. Throws an `EvaluationError` when that cannot be said: a value has the wrong type, or
 * saying it would take too long.
 */
export type Condition = (message: MessageView) => boolean;

/** Operators whose result is never true or false. */
const NUMERIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '**', '^']);

/** Reads a condition once. Throws an `ExpressionError` for what can be no condition. */
export function compileCondition(text: string, constants: Constants): Condition {
  const expression = parseExpression(text);
  const evaluate = new ExpressionCompiler(constants).compile(expression);
  if (isNeverTruth(expression))
    throw new ExpressionError('it is neither true nor false, whatever the message');
  if (expression.type === 'Literal') return () => expression['value'] === true;
  return (message) => {
    const value = evaluate({ message, element: null, workLeft: MAX_WORK });
    if (typeof value === 'boolean') return value;
    throw new EvaluationError(`the condition is neither true nor false, but ${typeOf(value)}`);
  };
}

/** What is seen at once, such as `name` or `1 + 2`; the rest is seen when a message comes. */
function isNeverTruth({ type, value, operator, name }: jsep.Expression): boolean {
  switch (type) {
    case 'Literal':
      return typeof value !== 'boolean';
    case 'ArrayExpression':
      return true;
    case 'Identifier':
      return name === 'name' || name === 'messagetype' || name === 'timestamp';
    default:
      return (type === 'BinaryExpression' || type === 'UnaryExpression') && NUMERIC.has(operator as string);
  }
}
