import jsep from 'jsep';
import { readStringLiteral } from './string-literal.js';

/** From expr-lang's parser: higher binds tighter; https://github.com/expr-lang/expr, parser/operator, read November 2026. */
const PRECEDENCE: readonly (readonly [number, readonly string[]])[] = [
  [10, ['or', '||']],
  [15, ['and', '&&']],
  [20, ['==', '!=', '<', '>', '>=', '<=', 'in', 'matches', 'contains', 'startsWith', 'endsWith']],
  [20, ['not in', 'not matches', 'not contains', 'not startsWith', 'not endsWith']],
  [30, ['+', '-']],
  [60, ['*', '/', '%']],
  [100, ['**', '^']],
  [500, ['??']],
];
const POWERS: ReadonlySet<string> = new Set(['**', '^']);
const UNARY = /^(?:[-+!]|not(?![\w$]))/u;
/** Where an expression may end: the end, a comma, a closing bracket, the colon of a condition. */
const MAY_FOLLOW = new Set(['', ',', ')', ']', '}', ':']);
const MAX_NESTING = 64;

const nesting = new WeakMap<jsep.HookScope, number>();

/** Makes jsep, which reads JavaScript's expressions generously, read those of expr-lang strictly. To be called once. */
export function learnExprLanguage(): void {
  jsep.removeAllBinaryOps();
  jsep.removeAllUnaryOps();
  jsep.removeAllLiterals();
  for (const [precedence, operators] of PRECEDENCE)
    for (const operator of operators) jsep.addBinaryOp(operator, precedence, POWERS.has(operator));
  jsep.addLiteral('true', true);
  jsep.addLiteral('false', false);
  jsep.addLiteral('nil', null);
  jsep.hooks.add('gobble-expression', function () {
    enter(this);
  });
  jsep.hooks.add('after-expression', function ({ node }) {
    leave(this);
    if (node && !MAY_FOLLOW.has(this.char)) this.throwError(`there is an unexpected ${this.char}`);
  });
  jsep.hooks.add('gobble-token', function (found) {
    const node = readToken(this);
    if (node) found.node = node;
  });
}

function enter(scope: jsep.HookScope): void {
  const depth = (nesting.get(scope) ?? 0) + 1;
  if (depth > MAX_NESTING) scope.throwError(`there are more than ${MAX_NESTING} levels`);
  nesting.set(scope, depth);
}

const leave = (scope: jsep.HookScope): unknown => nesting.set(scope, (nesting.get(scope) ?? 0) - 1);

/** What jsep would read otherwise or not at all. */
function readToken(scope: jsep.HookScope): jsep.Expression | undefined {
  switch (scope.char) {
    case '(':
      return scope.gobbleTokenProperty(readGroup(scope));
    case '[':
      return scope.gobbleTokenProperty(readList(scope));
    case '{':
      return readPredicate(scope);
    case '#':
      scope.index += 1;
      return scope.gobbleTokenProperty({ type: 'Identifier', name: '#' });
    case '"':
    case "'":
    case '`':
      return scope.gobbleTokenProperty(readText(scope));
    default:
      return readUnary(scope);
  }
}

function readGroup(scope: jsep.HookScope): jsep.Expression {
  scope.index += 1;
  const content = readExpression(scope);
  close(scope, ')');
  return { type: 'Group', content };
}

/** A predicate may stand in braces. What makes it a map, a colon, is unexpected here. */
function readPredicate(scope: jsep.HookScope): jsep.Expression {
  scope.index += 1;
  const content = readExpression(scope);
  if (scope.char === ':') scope.throwError('maps in braces are not supported, there is an unexpected :');
  close(scope, '}');
  return { type: 'Predicate', content };
}

function readList(scope: jsep.HookScope): jsep.Expression {
  scope.index += 1;
  const elements: jsep.Expression[] = [];
  for (scope.gobbleSpaces(); scope.char !== ']'; scope.gobbleSpaces()) {
    elements.push(readExpression(scope));
    if (scope.char !== ',') break;
    scope.index += 1;
  }
  close(scope, ']');
  return { type: 'ArrayExpression', elements };
}

function readText(scope: jsep.HookScope): jsep.Expression {
  const literal = readStringLiteral(scope.expr, scope.index);
  if ('problem' in literal) {
    scope.index = literal.at;
    return scope.throwError(literal.problem);
  }
  scope.index = literal.end;
  return { type: 'Literal', value: literal.value, raw: '' };
}

function readUnary(scope: jsep.HookScope): jsep.Expression | undefined {
  const operator = UNARY.exec(scope.expr.slice(scope.index, scope.index + 4))?.[0];
  if (operator === undefined) return undefined;
  scope.index += operator.length;
  enter(scope);
  const argument = readPower(scope);
  leave(scope);
  return { type: 'UnaryExpression', operator, argument, prefix: true };
}

/** What binds tighter than a sign: powers, and what stands in for nil. */
function readPower(scope: jsep.HookScope): jsep.Expression {
  let left = readOperand(scope);
  while (takeOperator(scope, (operator) => operator === '??') !== undefined)
    left = { type: 'BinaryExpression', operator: '??', left, right: readOperand(scope) };
  const power = takeOperator(scope, (operator) => POWERS.has(operator));
  if (power === undefined) return left;
  return { type: 'BinaryExpression', operator: power, left, right: readPower(scope) };
}

function takeOperator(scope: jsep.HookScope, isWanted: (operator: string) => boolean): string | undefined {
  const start = scope.index;
  // jsep's types are mistaken: it is the operator, or false.
  const operator = scope.gobbleBinaryOp() as unknown as string | false;
  if (operator !== false && isWanted(operator)) return operator;
  scope.index = start;
  return undefined;
}

const readOperand = (scope: jsep.HookScope): jsep.Expression =>
  scope.gobbleToken() || scope.throwError('an operand is missing');

const readExpression = (scope: jsep.HookScope): jsep.Expression =>
  // jsep's types are mistaken: there may be none.
  scope.gobbleExpression() || scope.throwError('an expression is missing');

function close(scope: jsep.HookScope, bracket: string): void {
  if (scope.char !== bracket) scope.throwError(`a ${bracket} is missing`);
  scope.index += 1;
}
