import type { Deed } from '../../identity/index.js';
import type { HoldEntity, HoldType } from '../../persistence/index.js';

const NOUN = { silence: 'silence', window: 'maintenance-window' } as const;
const RESOURCE = { silence: 'silences', window: 'maintenance-windows' } as const;
const SAID = { silence: 'Silence', window: 'Maintenance window' } as const;

type Named = Pick<HoldEntity, 'id' | 'organizationId' | 'projectId' | 'reason' | 'type'>;

/** As it is called where there is no such thing. */
export const nounOf = (type: HoldType): string => SAID[type].toLowerCase();

/** What was done to a silence or window. */
export const deedOnHold = (
  { id, organizationId, projectId, reason, type }: Named,
  done: 'created' | 'changed' | 'ended',
  changed: readonly string[] = [],
): Deed => ({
  service: 'hub',
  action: `${NOUN[type]}.${done}`,
  organizationId,
  projectId,
  resource: { [RESOURCE[type]]: id },
  message: `${SAID[type]} "${reason}" was ${done}${changed.length > 0 ? `: ${changed.join(', ')}` : ''}`,
  changed,
});
