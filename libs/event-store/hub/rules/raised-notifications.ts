import type { IntakeScope } from '../../../delivery/index.js';
import type { Clock } from '../../../domain/index.js';
import type { EventRuleEntity, EventRuleStore } from '../../../persistence/index.js';
import { allow, withHeldBack } from './flood-guard.js';
import type { Message } from './judge.js';

/** Of one body; each takes a few statements while others wait for the streams that it is stored in. */
const MOST_AT_ONCE = 100;

/** What a rule has to say of the events of a body that fit. */
export interface Fitting {
  readonly messages: readonly (Message & { readonly clusterId: string | null })[];
  /** All that fit: of more than a rule may raise in a minute there are no messages. */
  readonly events: number;
}

/**
 * Raises what rules have to say, as far as each may. Locks the rules, one after the other in all processes, so that
 * together they raise no more than that either. One that was removed or switched off meanwhile raises nothing.
 */
export async function raise(
  scope: IntakeScope,
  store: EventRuleStore,
  fitting: ReadonlyMap<string, Fitting>,
  clock: Clock,
): Promise<void> {
  let room = MOST_AT_ONCE;
  for (const rule of await store.lockAll(scope.tx, [...fitting.keys()])) {
    const { messages, events } = fitting.get(rule.id)!;
    const now = clock.now();
    const { count, told, after } = allow(raisedBy(rule), events, Math.min(room, messages.length), now);
    room -= count;
    for (const [index, said] of messages.slice(0, count).entries()) {
      const message = told && index === 0 ? withHeldBack(said.message, told) : said.message;
      await scope.acceptNotification({
        projectId: rule.projectId,
        severity: rule.severity,
        ...said,
        message,
      });
    }
    const { recentMs, heldBack, heldSince } = after;
    await store.edit(scope.tx, rule.id, { recent: recentMs.map(String), heldBack, heldSince });
  }
}

const raisedBy = ({ maxPerMinute, recent, heldBack, heldSince }: EventRuleEntity) => ({
  maxPerMinute,
  recentMs: recent.map(Number),
  heldBack,
  heldSince,
});
