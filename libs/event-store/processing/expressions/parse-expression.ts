import jsep from 'jsep';
import { learnExprLanguage } from './expr-language.js';
import { ExpressionError } from './value.js';

learnExprLanguage();

const MAX_CHARACTERS = 4_096;
const STRAY_BRACKET = 'there is a closing bracket without an opening one';
/** Texts are left as they are; elsewhere cc-lib takes `type-id` for a name, which otherwise is a subtraction. */
const TEXT_OR_TYPE_ID = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|type-id(?![\w-])/gsu;

/**
 * Reads an expression of expr-lang's language, as much of it as is supported: operators and precedence, texts, numbers,
 * lists, members, calls, predicates. Throws an `ExpressionError` that names the column for everything else: maps in braces,
 * pipes, ranges, slices, `let`, comments, hexadecimal numbers.
 */
export function parseExpression(text: string): jsep.Expression {
  if (text.trim() === '') throw new ExpressionError('there is no condition: "true" is one that always holds');
  if (text.length > MAX_CHARACTERS)
    throw new ExpressionError(`a condition has at most ${MAX_CHARACTERS} characters`);
  const named = text.replaceAll(TEXT_OR_TYPE_ID, (found) => (found === 'type-id' ? 'type_id' : found));
  // Within brackets the parser takes one expression; outside it would take several, and drop what separates them.
  const node = parsed(`(${named}\n)`);
  if (node.type === 'Group') return node['content'] as jsep.Expression;
  throw new ExpressionError(STRAY_BRACKET);
}

function parsed(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number };
    if (description === undefined || index === undefined) throw error;
    if (description === 'Unexpected ")"' && index === text.length - 1)
      throw new ExpressionError(STRAY_BRACKET);
    // The bracket in front of it makes a place, which counts from 0, a column, which counts from 1.
    throw new ExpressionError(`${description} at column ${Math.min(index, text.length - 2)}`);
  }
}
