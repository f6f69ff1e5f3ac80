import { z } from 'zod';
import { emailAddress, password, personName } from '../accounts/accounts.schema.js';
import { memberRole } from './member.schema.js';

const MAX_CODE_CHARACTERS = 200;

/** Whom to invite. */
export const inviteBody = z.object({
  userEmail: emailAddress,
  // Clients of Event Store Cloud may send an empty list.
  groups: z
    .array(z.unknown())
    .max(0, "must be empty: Spillway has no groups, a member's role decides what they may do")
    .nullish(),
  role: memberRole.default('member'),
});
export type InviteBody = z.output<typeof inviteBody>;

export const resendBody = z.object({ id: z.string().describe('Of the invite') });
export type ResendBody = z.output<typeof resendBody>;

const code = z.string().max(MAX_CODE_CHARACTERS).describe('What the invitation was handed over as');

/** How somebody without an account accepts. */
export const newcomerBody = z.object({
  code,
  name: personName,
  password: password
    .nullish()
    .describe('Required, unless people sign in at an external issuer: then it is not allowed'),
});
export type NewcomerBody = z.output<typeof newcomerBody>;

/** How somebody who has signed in accepts. */
export const codeBody = z.object({ code });
export type CodeBody = z.output<typeof codeBody>;
