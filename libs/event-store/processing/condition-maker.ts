import { compileCondition, type Condition } from './expressions/condition.js';
import { ExpressionError } from './expressions/value.js';
import type { Constants } from './expressions/variables.js';
import type { ProcessingProblem } from './invalid-processing.js';
import type { SafeCondition } from './stages.js';

/** A condition that had no answer for a message, and counted as false. Holds nothing of the message but types. */
export interface ProcessingFailure {
  /** Which condition, as in `ProcessingProblem`. */
  readonly path: string;
  readonly reason: string;
}

/** Called every time; must not throw. */
export type FailureListener = (failure: ProcessingFailure) => void;

/** Compiles conditions that never throw, and collects what is wrong with those that cannot be used. */
export class ConditionMaker {
  readonly problems: ProcessingProblem[] = [];

  constructor(
    private readonly constants: Constants,
    private readonly onError: FailureListener,
  ) {}

  make(text: string, path: string): SafeCondition {
    let condition: Condition;
    try {
      condition = compileCondition(text, this.constants);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.problems.push({ path, reason: `cannot be used: ${error.message}` });
      return () => false;
    }
    const { onError } = this;
    return (message) => {
      try {
        return condition(message);
      } catch (error) {
        onError({ path, reason: error instanceof Error ? error.message : String(error) });
        return false;
      }
    };
  }
}
