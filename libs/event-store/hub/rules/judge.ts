import type { Severity } from '../../../domain/index.js';
import { holds, lookedAt } from './conditions.js';
import type { Condition } from './event-rule.schema.js';
import type { JudgedEvent } from './judged-event.js';
import { cleaned, readTemplate, render, type Template } from './template.js';

/** As notifications have them. */
export const MAX_MESSAGE_CHARACTERS = 4_000;
export const MAX_TITLE_CHARACTERS = 200;

/** What of a rule decides and is said. */
export interface RuleTerms {
  readonly cluster: string | null;
  readonly name: string;
  readonly function: string | null;
  readonly matcher: readonly Condition[];
  readonly severity: Severity;
  readonly title: string | null;
  readonly message: string;
}

/** One thing that a rule asks of an event. */
export interface Check {
  /** `name`, `cluster`, `function`, or the place of a condition: `matcher[0]`. */
  readonly what: string;
  readonly holds: boolean;
  /** What the event has there; absent when nothing. */
  readonly actual?: unknown;
}

/** What a rule says of an event. */
export interface Message {
  readonly title: string | null;
  readonly message: string;
}

/** A rule, ready to look at many events. */
export class Judge {
  private readonly title: Template | null;
  private readonly message: Template;

  /** Throws `BadTemplate`, which no rule does that was accepted. */
  constructor(private readonly terms: RuleTerms) {
    this.title = terms.title === null ? null : readTemplate(terms.title);
    this.message = readTemplate(terms.message);
  }

  /** Whether all of it holds. */
  fits(event: JudgedEvent): boolean {
    for (const check of this.checks(event)) if (!check.holds) return false;
    return true;
  }

  /** One by one, what is cheap first. */
  *checks(event: JudgedEvent): Generator<Check> {
    const { name, cluster, function: purpose, matcher } = this.terms;
    yield { what: 'name', holds: event.name === name, actual: event.name };
    if (cluster !== null) yield { what: 'cluster', holds: isOf(event, cluster), actual: event.clusterName };
    if (purpose !== null) {
      const actual = event.tags.get('function');
      yield { what: 'function', holds: actual === purpose, ...(actual === undefined ? {} : { actual }) };
    }
    for (const [index, condition] of matcher.entries()) {
      const actual = lookedAt(event, condition);
      const given = actual === undefined ? {} : { actual };
      yield { what: `matcher[${index}]`, holds: holds(condition, actual), ...given };
    }
  }

  say(event: JudgedEvent): Message {
    const title = this.title && render(this.title, event, MAX_TITLE_CHARACTERS);
    const message = render(this.message, event, MAX_MESSAGE_CHARACTERS);
    return { title: title && cleaned(title.replaceAll(/[\n\t]+/g, ' ')), message };
  }
}

const isOf = ({ cluster, registered }: JudgedEvent, wanted: string): boolean =>
  [cluster, registered?.id, registered?.name].includes(wanted);
