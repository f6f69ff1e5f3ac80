import { Problem, type FieldProblems } from '../domain/index.js';

/** A problem with members of another protocol beside those of RFC 9457, such as OAuth's `error`. They hold no secret. */
export class ExtendedProblem extends Problem {
  constructor(
    status: number,
    title: string,
    detail: string,
    readonly extensions: Readonly<Record<string, string>>,
    /** Header fields of the answer, such as `retry-after`. */
    readonly headers: Readonly<Record<string, string>> = {},
    fields?: FieldProblems,
  ) {
    super(status, title, detail, fields);
    this.name = 'ExtendedProblem';
  }
}
