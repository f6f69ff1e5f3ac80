import { z } from 'zod';
import { text } from '../../rest/index.js';

const MAX_NAME_CHARACTERS = 200;
/** RFC 5321 §4.5.3.1.3: a path has 256 octets with its angle brackets. */
export const MAX_EMAIL_CHARACTERS = 254;
/** Longer ones are refused with a reason by the password rules; this only bounds what is looked at. */
const MAX_SECRET_CHARACTERS = 4_096;

/** Of a person; from here on in lower case. */
export const emailAddress = z
  .email('must be an email address')
  .max(MAX_EMAIL_CHARACTERS)
  .transform((address) => address.toLowerCase());
export const personName = text(1, MAX_NAME_CHARACTERS);
/** How strong it must be is decided where the address is known. */
export const password = z.string().max(MAX_SECRET_CHARACTERS);
const otp = z.string().max(20).describe('The six digits of the authenticator app');

export const newAccount = z.object({
  email: emailAddress,
  name: personName,
  password: password.optional().describe('Without one only an external issuer lets them in'),
  isOperator: z.boolean().default(false),
});
export type NewAccountBody = z.output<typeof newAccount>;

export const accountPatch = z.object({
  name: personName.optional(),
  active: z.boolean().optional(),
  isOperator: z.boolean().optional(),
  password: password.optional(),
});
export type AccountPatch = z.output<typeof accountPatch>;

export const passwordChange = z.object({
  current: password,
  new: password,
  endTokens: z
    .boolean()
    .default(false)
    .describe("Whether the caller's other named tokens end, too; their other sign-ins always do"),
});
export type PasswordChange = z.output<typeof passwordChange>;

export const passwordBody = z.object({ password });
export type PasswordBody = z.output<typeof passwordBody>;

export const codeBody = z.object({ otp });
export type CodeBody = z.output<typeof codeBody>;
