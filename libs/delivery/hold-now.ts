import type { IntegrationEntity, StoredHold } from '../persistence/index.js';
import type { Hold, HoldSubject, Matcher } from './holds/hold.js';
import { holdOf } from './holds/hold-of.js';

/** The filter of an integration's settings, if it has one. */
export const filterOf = ({ settings }: Pick<IntegrationEntity, 'settings'>): Matcher | undefined =>
  settings['filter'] as Matcher | undefined;

/** What holds a subject back from its integration now; null when nothing does, or may. */
export function holdNow(
  integration: IntegrationEntity | undefined,
  subject: HoldSubject | null,
  holds: readonly StoredHold[],
  now: Date,
): Hold | null {
  if (!integration || !subject) return null;
  return holdOf(subject, { id: integration.id, filter: filterOf(integration) }, holds, now);
}
