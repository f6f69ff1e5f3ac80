import type jsep from 'jsep';
import { compileMatch } from './compile-match.js';
import { compileBinary, compileUnary } from './compile-operator.js';
import { FUNCTIONS } from './functions.js';
import { itemOf } from './operators.js';
import { PREDICATES, withPredicate } from './predicates.js';
import { booleanFrom, ExpressionError, type Evaluate, type Value } from './value.js';
import { variableNamed, type Constants } from './variables.js';

/** Brackets and groups that the parser understands beyond jsep's own nodes. */
type OwnExpression =
  | { readonly type: 'Group'; readonly content: jsep.Expression }
  | { readonly type: 'Predicate'; readonly content: jsep.Expression };
type Node = jsep.CoreExpression | OwnExpression;

/** Evaluation goes as deep as its expression. */
const MAX_DEPTH = 500;

/** Makes functions of one expression's nodes. */
export class ExpressionCompiler {
  private depth = 0;
  private nodeCount = 0;
  private isInPredicate = false;

  constructor(private readonly constants: Constants) {}

  /** Throws an `ExpressionError` for what is not supported. */
  compile(expression: jsep.Expression): Evaluate {
    this.depth += 1;
    this.nodeCount += 1;
    if (this.depth > MAX_DEPTH) throw new ExpressionError(`it has more than ${MAX_DEPTH} parts in a row`);
    const evaluate = this.compileNode(expression as Node);
    this.depth -= 1;
    return evaluate;
  }

  private compileNode(node: Node): Evaluate {
    switch (node.type) {
      case 'Group':
        return this.compile(node.content);
      case 'Literal': {
        const value = literalValue(node.value);
        return () => value;
      }
      case 'Identifier':
        return this.compileName(node.name);
      case 'MemberExpression':
        return this.compileMember(node);
      case 'CallExpression':
        return this.compileCall(node);
      case 'UnaryExpression':
        return compileUnary(node.operator, this.compile(node.argument));
      case 'BinaryExpression':
        return this.compileBinary(node);
      case 'ConditionalExpression':
        return this.compileChoice(node);
      case 'ArrayExpression':
        return this.compileList(node);
      default:
        throw new ExpressionError(
          node.type === 'Predicate' ? 'braces stand around predicates only' : `${node.type} is not supported`,
        );
    }
  }

  private compileName(name: string): Evaluate {
    if (name === '#') {
      if (!this.isInPredicate) throw new ExpressionError('# stands in predicates only');
      return (scope) => scope.element;
    }
    const variable = variableNamed(name, this.constants);
    if (variable) return variable;
    throw new ExpressionError(`the name ${name} means nothing here`);
  }

  private compileMember({ object, property, computed, optional }: jsep.MemberExpression): Evaluate {
    const container = this.compile(object);
    const name = property['name'] as string;
    const key: Evaluate = computed ? this.compile(property) : () => name;
    if (optional === true)
      return (scope) => {
        const value = container(scope);
        return value === null ? null : itemOf(value, key(scope));
      };
    return (scope) => itemOf(container(scope), key(scope));
  }

  private compileCall({ callee, arguments: given }: jsep.CallExpression): Evaluate {
    if (callee.type !== 'Identifier') throw new ExpressionError('only functions can be called, no members');
    const name = callee['name'] as string;
    const predicate = PREDICATES.get(name);
    if (predicate) return this.compilePredicate(name, given);
    const called = FUNCTIONS.get(name);
    if (!called) throw new ExpressionError(`the function ${name} is not supported`);
    if (given.length < called.least || given.length > called.most)
      throw new ExpressionError(`the function ${name} does not take ${given.length} arguments`);
    const values = given.map((argument) => this.compile(argument));
    return (scope) =>
      called.run(
        values.map((value) => value(scope)),
        scope,
      );
  }

  private compilePredicate(name: string, given: readonly jsep.Expression[]): Evaluate {
    const [list, predicate] = given;
    if (!list || !predicate || given.length > 2)
      throw new ExpressionError(`the function ${name} takes a list and a predicate`);
    if (this.isInPredicate) throw new ExpressionError('a predicate within a predicate is not supported');
    const all = this.compile(list);
    const before = this.nodeCount;
    this.isInPredicate = true;
    const each = this.compile(
      predicate.type === 'Predicate' ? (predicate['content'] as jsep.Expression) : predicate,
    );
    this.isInPredicate = false;
    return withPredicate(PREDICATES.get(name)!, all, each, this.nodeCount - before);
  }

  private compileBinary({ operator, left, right }: jsep.BinaryExpression): Evaluate {
    const first = this.compile(left);
    if (operator === 'matches') return compileMatch(first, right);
    if (operator === 'not matches') {
      const matches = compileMatch(first, right);
      return (scope) => !matches(scope);
    }
    return compileBinary(operator, first, this.compile(right));
  }

  private compileChoice({ test, consequent, alternate }: jsep.ConditionalExpression): Evaluate {
    const [holds, then, otherwise] = [test, consequent, alternate].map((part) => this.compile(part));
    return (scope) => (booleanFrom(holds!(scope)) ? then!(scope) : otherwise!(scope));
  }

  private compileList({ elements }: jsep.ArrayExpression): Evaluate {
    const parts = elements.map((element) => this.compile(element!));
    if (elements.every((element) => element?.type === 'Literal')) {
      const values = elements.map((element) => literalValue(element?.['value']));
      return () => values;
    }
    return (scope) => parts.map((part) => part(scope));
  }
}

function literalValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ExpressionError('there is a number that is too large');
}
