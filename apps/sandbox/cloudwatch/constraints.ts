import { Refusal } from './refusals.js';

/**
 * Collects what AWS's request validation finds before it looks at anything else, and says it in its words:
 * "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater
 * than or equal to 1".
 */
export class Constraints {
  readonly #found: string[] = [];

  length(
    at: string,
    value: { readonly length: number },
    shown: string,
    minimum: number,
    maximum: number,
  ): void {
    if (value.length < minimum)
      this.#failed(at, `'${shown}'`, `Member must have length greater than or equal to ${minimum}`);
    if (value.length > maximum)
      this.#failed(at, `'${shown}'`, `Member must have length less than or equal to ${maximum}`);
  }

  /** A name that must be there; `''` in place of one that is not. */
  name(at: string, value: unknown, pattern: RegExp, { minimum = 1, maximum = 512 } = {}): string {
    if (value === undefined || value === null) {
      this.missing(at);
      return '';
    }
    if (typeof value !== 'string')
      throw new Refusal('SerializationException', `${typeof value} can not be converted to a String`);
    this.length(at, value, value, minimum, maximum);
    if (!new RegExp(`^(?:${pattern.source})$`, 's').test(value)) {
      const wanted = `Member must satisfy regular expression pattern: ${pattern.source}`;
      this.#failed(at, `'${value}'`, wanted);
    }
    return value;
  }

  range(at: string, value: number, minimum: number, maximum = Infinity): void {
    if (value < minimum)
      this.#failed(at, `'${value}'`, `Member must have value greater than or equal to ${minimum}`);
    if (value > maximum)
      this.#failed(at, `'${value}'`, `Member must have value less than or equal to ${maximum}`);
  }

  missing(at: string): void {
    this.#failed(at, 'null', 'Member must not be null');
  }

  /** Throws what was found. */
  settle(type: string): void {
    const { length } = this.#found;
    if (length === 0) return;
    throw new Refusal(
      type,
      `${length} validation error${length === 1 ? '' : 's'} detected: ${this.#found.join('; ')}`,
    );
  }

  #failed(at: string, shown: string, wanted: string): void {
    this.#found.push(`Value ${shown} at '${at}' failed to satisfy constraint: ${wanted}`);
  }
}
