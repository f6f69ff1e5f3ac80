import { conflict } from '../../domain/index.js';
import type { OrganizationChange } from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';

/** Throws a 409 when a caller without a second factor wants an organization to ask for one: they could not undo it. */
export function mustNotLockOut({ mfaEnabled }: OrganizationChange, { hasMfa }: AccountCaller): void {
  if (mfaEnabled === true && !hasMfa)
    throw conflict('Sign in with a second factor yourself first: without one you would be locked out.');
}
