import type jsep from 'jsep';
import { RE2JS } from 're2js';
import { ExpressionError, spend, textFrom, type Evaluate } from './value.js';

const MAX_PATTERN_CHARACTERS = 1_000;
/** Matching takes time by the length of a text times this. */
const MAX_PROGRAM_STEPS = 1_000;
/** Measured: what re2js takes for a character when nothing can be remembered grows with the program. */
const STEPS_PER_WORK = 20;

/**
 * `text matches pattern`: whether the pattern, a text in Go's syntax of regular expressions, is anywhere in it. The pattern is
 * compiled here, once: patterns that messages make are not supported. Takes time linear in the text's length.
 */
export function compileMatch(subject: Evaluate, pattern: jsep.Expression): Evaluate {
  const written = pattern.type === 'Group' ? (pattern['content'] as jsep.Expression) : pattern;
  if (written.type !== 'Literal' || typeof written['value'] !== 'string')
    throw new ExpressionError('the pattern of matches must be a text in quotes');
  const expression = readPattern(written['value']);
  const workPerCharacter = 0.5 + expression.programSize() / STEPS_PER_WORK;
  return (scope) => {
    const value = subject(scope);
    if (value === null) return false;
    const text = textFrom(value);
    spend(scope, text.length * workPerCharacter);
    return expression.test(text);
  };
}

function readPattern(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    throw new ExpressionError(`a pattern has at most ${MAX_PATTERN_CHARACTERS} characters`);
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(pattern);
  } catch (error) {
    throw new ExpressionError(`the pattern cannot be read: ${(error as Error).message}`);
  }
  if (expression.programSize() > MAX_PROGRAM_STEPS) throw new ExpressionError('the pattern repeats too much');
  return expression;
}
