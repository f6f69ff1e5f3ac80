import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { JoiningIntake, type JoinedScope } from '../../../delivery/index.js';
import { CLOCK, type Clock } from '../../../domain/index.js';
import {
  Database,
  EventRuleStore,
  type EventRuleEntity,
  type Transaction,
} from '../../../persistence/index.js';
import type { ClusterLines } from '../../write/cluster-lines.js';
import { storedTerms } from './event-rule.view.js';
import { Judge } from './judge.js';
import { judgedEvent, type JudgedEvent } from './judged-event.js';
import { raise, type Fitting } from './raised-notifications.js';

/** After so long others have a turn. */
const TURN_MS = 10;

/** Notifications that are to be raised in the transaction that stores the events. */
export interface PendingNotifications {
  /** May be called again when the transaction before was rolled back. */
  raise(tx: Transaction): Promise<void>;
  /** To be called when it is committed. */
  committed(): void;
}

interface WaitingRule {
  readonly rule: EventRuleEntity;
  readonly judge: Judge;
  readonly messages: Fitting['messages'][number][];
  events: number;
}

/** Looks whether events that come in fit rules of their project. */
@Injectable()
export class EventNotifier {
  constructor(
    private readonly database: Database,
    private readonly store: EventRuleStore,
    private readonly intake: JoiningIntake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What the rules of the project, as they are now, have to say of these events; undefined when that is nothing. Of a body
   * without events nothing is asked.
   */
  async lookAt(
    projectId: string,
    clusters: ReadonlyMap<string, Pick<ClusterLines, 'events'>>,
  ): Promise<PendingNotifications | undefined> {
    const lines = [...clusters].filter(([, { events }]) => events.length > 0);
    const names = new Set(lines.flatMap(([, { events }]) => events.map(({ point }) => point.series.name)));
    if (names.size === 0) return undefined;
    const enabled = await this.store.enabled(this.database, projectId);
    const rules = enabled.filter(({ name }) => names.has(name));
    if (rules.length === 0) return undefined;
    const known = await this.store.clusters(
      this.database,
      projectId,
      lines.map(([cluster]) => cluster),
    );
    const waiting = Map.groupBy(
      rules.map((rule): WaitingRule => ({
        rule,
        judge: new Judge(storedTerms(rule)),
        messages: [],
        events: 0,
      })),
      ({ rule }) => rule.name,
    );
    let begunAt = performance.now();
    for (const [cluster, { events }] of lines) {
      for (const line of events) {
        const ofName = waiting.get(line.point.series.name);
        if (!ofName) continue;
        const event = judgedEvent(line, cluster, known.get(cluster));
        for (const one of ofName) {
          note(one, event);
          if (performance.now() - begunAt < TURN_MS) continue;
          await nextTurn();
          begunAt = performance.now();
        }
      }
    }
    return this.pending([...waiting.values()].flat().filter(({ events }) => events > 0));
  }

  private pending(fitting: readonly WaitingRule[]): PendingNotifications | undefined {
    if (fitting.length === 0) return undefined;
    const byRule = new Map<string, Fitting>(fitting.map((one) => [one.rule.id, one]));
    let joined: JoinedScope | undefined;
    return {
      raise: async (tx) => {
        joined = this.intake.join(tx);
        await raise(joined.scope, this.store, byRule, this.clock);
      },
      committed: () => joined?.committed(),
    };
  }
}

function note(waiting: WaitingRule, event: JudgedEvent): void {
  const { rule, judge, messages } = waiting;
  if (!judge.fits(event)) return;
  waiting.events += 1;
  if (messages.length < rule.maxPerMinute)
    messages.push({ ...judge.say(event), clusterId: event.registered?.id ?? null });
}
