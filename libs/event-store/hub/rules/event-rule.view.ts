import type { EventRuleEntity } from '../../../persistence/index.js';
import type { EventRuleBody } from './event-rule.schema.js';
import type { Condition } from './event-rule.schema.js';
import type { RuleTerms } from './judge.js';

/** What of a rule its body says, as it is stored. */
export const termsOf = (body: EventRuleBody) =>
  ({
    description: body.description ?? '',
    cluster: body.cluster ?? null,
    name: body.name,
    function: body.function ?? null,
    matcher: body.matcher ?? [],
    severity: body.severity,
    title: body.title ?? null,
    message: body.message,
    isEnabled: body.enabled,
    maxPerMinute: body.maxPerMinute,
  }) satisfies Partial<EventRuleEntity>;

/** What was stored was accepted by the schema. */
export const storedTerms = (rule: EventRuleEntity): RuleTerms => ({
  ...rule,
  matcher: rule.matcher as Condition[],
});

/** A rule as it is shown. */
export const eventRuleView = (rule: EventRuleEntity) => ({
  id: rule.id,
  description: rule.description,
  ...(rule.cluster === null ? {} : { cluster: rule.cluster }),
  name: rule.name,
  ...(rule.function === null ? {} : { function: rule.function }),
  matcher: rule.matcher,
  severity: rule.severity,
  ...(rule.title === null ? {} : { title: rule.title }),
  message: rule.message,
  enabled: rule.isEnabled,
  maxPerMinute: rule.maxPerMinute,
  heldBack: rule.heldBack,
  heldBackSince: rule.heldSince?.toISOString() ?? null,
  createdAt: rule.createdAt.toISOString(),
  updatedAt: rule.updatedAt.toISOString(),
});
