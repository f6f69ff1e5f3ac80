import { Problem } from '../../domain/index.js';
import type { MemberRole } from '../../persistence/index.js';

/** Who wants to change members or invites: an operator has every right in every organization. */
export interface Steward {
  readonly isOperator: boolean;
  /** In the organization; null for whoever is no active member of it. */
  readonly role: MemberRole | null;
}

const forbidden = (detail: string) => new Problem(403, 'Forbidden', detail);

/**
 * Throws a 403 unless the steward may act on somebody who has, or is to have, these roles: an admin neither touches an
 * owner nor makes one.
 */
export function mustReach({ isOperator, role }: Steward, roles: readonly MemberRole[]): void {
  if (isOperator || role === 'owner') return;
  if (role !== 'admin') throw forbidden('Only owners and admins of this organization may do this.');
  if (roles.includes('owner')) throw forbidden('Only an owner may change or remove an owner, or make one.');
}

/** What decides whether somebody leads an organization. */
export interface Place {
  readonly role: MemberRole;
  readonly active: boolean;
}

/** Whether a change (`null` for removal) takes an active owner away from an organization. */
export const losesOwner = (before: Place, after: Place | null): boolean => isOwner(before) && !isOwner(after);

const RANK = { owner: 2, admin: 1, member: 0 } as const satisfies Record<MemberRole, number>;

/** Whether a change (`null` for removal) leaves somebody with less than they had. */
export const isDemotion = (before: Place, after: Place | null): boolean =>
  before.active && (after === null || !after.active || RANK[after.role] < RANK[before.role]);

const isOwner = (place: Place | null): boolean => place?.role === 'owner' && place.active;
