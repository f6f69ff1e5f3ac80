import type { DeliveryEntity, IntegrationEntity } from '../persistence/index.js';
import type { IntegrationView } from './decide.js';
import type { Hold } from './holds/hold.js';

/** What of a delivery tells how its integration stands to it. */
type Concerned = Pick<DeliveryEntity, 'id' | 'subjectType'>;

/** What a decision needs to know of the integration. `hold` and `storm`: what was found to be around it. */
export function viewOf(
  integration: IntegrationEntity | undefined,
  delivery: Concerned,
  hold: Hold | null,
  storm: boolean,
): IntegrationView {
  // Its source is looked at, too: an event may be accepted in the very moment it is turned to another.
  const source = delivery.subjectType === 'notification' ? 'notifications' : 'issues';
  return {
    active: integration?.status === 'active' && integration.source === source,
    blocked: integration?.pausedAt != null || (isFailing(integration) && !isProbed(integration, delivery)),
    throttledUntil: integration?.throttledUntil ?? null,
    hold,
    storm,
  };
}

const isFailing = (integration: IntegrationEntity | undefined): boolean => integration?.health === 'failing';

/** Whether this delivery is the one that tries a failing integration. */
export const isProbed = (
  integration: IntegrationEntity | undefined,
  { id }: Pick<Concerned, 'id'>,
): boolean => isFailing(integration) && integration?.probeDeliveryId === id;
