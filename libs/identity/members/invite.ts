import { conflict } from '../../domain/index.js';
import type { InviteEntity } from '../../persistence/index.js';
import { hashOfToken, newTokenText } from '../tokens/token-text.js';

/** How long an invite can be accepted after it was sent. */
const INVITE_LIFETIME_MS = 7 * 24 * 3_600_000;
/** By which scanners for leaked secrets find a code. */
const INVITE_CODE_PREFIX = 'spv_';

/** A code, which is shown once, and what is kept of it. */
export interface InviteCode {
  readonly code: string;
  readonly kept: Pick<InviteEntity, 'codeHash' | 'expiresAt'>;
}

export function newInviteCode(now: Date): InviteCode {
  const code = newTokenText(INVITE_CODE_PREFIX);
  const expiresAt = new Date(now.getTime() + INVITE_LIFETIME_MS);
  return { code, kept: { codeHash: hashOfToken(code), expiresAt } };
}

type Ends = Pick<InviteEntity, 'acceptedAt' | 'expiresAt'>;

/** Whether it went out of date before anybody accepted it. */
export const isExpired = ({ acceptedAt, expiresAt }: Ends, now: Date): boolean =>
  acceptedAt === null && expiresAt <= now;

/** Whether somebody can still accept it. */
export const isOpen = (invite: Ends, now: Date): boolean =>
  invite.acceptedAt === null && !isExpired(invite, now);

/** Whether an organization that invites only people of one domain invites this address. */
export const isOfDomain = (email: string, domain: string | null): boolean =>
  domain === null || email.slice(email.lastIndexOf('@') + 1) === domain;

/** A 409: the domain was set after the invite. */
export const onlyPeopleAt = (domain: string | null) =>
  conflict(`The organization now invites only people at ${domain}.`);
