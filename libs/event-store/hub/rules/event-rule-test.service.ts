import { Inject, Injectable } from '@nestjs/common';
import { badRequest, CLOCK, type Clock } from '../../../domain/index.js';
import { Database, EventRuleStore } from '../../../persistence/index.js';
import { LineProtocolError } from '../../line-protocol/index.js';
import { readLines, type SortedLines } from '../../write/sorted-lines.js';
import type { EventRuleTest } from './event-rule.schema.js';
import { termsOf } from './event-rule.view.js';
import { jsonOf } from './event-values.js';
import { Judge, type Check } from './judge.js';
import { judgedEvent } from './judged-event.js';
import { cut } from './template.js';

const MAX_SHOWN_CHARACTERS = 1_000;

/** Tries a rule on an event, and stores nothing. */
@Injectable()
export class EventRuleTests {
  constructor(
    private readonly database: Database,
    private readonly store: EventRuleStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws a 400 for what is no event in line protocol. */
  async run(projectId: string, { rule, line, cluster: fallback }: EventRuleTest) {
    const lines = this.read(line, fallback ?? undefined);
    const [[cluster, event] = []] = [...lines.clusters].map(
      ([name, { events }]) => [name, events[0]] as const,
    );
    if (cluster === undefined || !event)
      throw badRequest({ line: 'is no event: it has no field `event` that is a text' });
    const registered = (await this.store.clusters(this.database, projectId, [cluster])).get(cluster);
    const judge = new Judge(termsOf(rule));
    const judged = judgedEvent(event, cluster, registered);
    const checks = [...judge.checks(judged)].map(briefly);
    const place = { clusterId: registered?.id ?? null, severity: rule.severity };
    return {
      matches: checks.every(({ holds }) => holds),
      checks,
      notification: { ...place, ...judge.say(judged) },
    };
  }

  private read(line: string, cluster: string | undefined): SortedLines {
    try {
      return readLines(Buffer.from(line), this.clock.now().getTime(), cluster);
    } catch (error) {
      throw error instanceof LineProtocolError ? badRequest({ line: error.message }) : error;
    }
  }
}

/** Whatever the event has there, so that it can be shown. */
function briefly({ actual, ...check }: Check): Check {
  switch (typeof actual) {
    case 'undefined':
      return check;
    case 'number':
    case 'boolean':
      return { ...check, actual };
    case 'object':
      return { ...check, actual: actual && cut(jsonOf(actual), MAX_SHOWN_CHARACTERS) };
    default:
      return { ...check, actual: cut(String(actual), MAX_SHOWN_CHARACTERS) };
  }
}
