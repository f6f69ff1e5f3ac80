import { z } from 'zod';

const MAX_DOMAIN_CHARACTERS = 253;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const domain = z
  .string()
  .max(MAX_DOMAIN_CHARACTERS)
  .transform((text) => text.toLowerCase())
  .refine((text) => text === '' || DOMAIN.test(text), 'must be a domain such as example.com')
  .nullish()
  .describe('Addresses of invited people must be of this domain; null or empty for any');

const members = z.object({ requireMfa: z.boolean().optional(), restrictInviteDomain: domain });

/** A change of an organization's settings: what is absent stays. Clients send it bare or within `settings`. */
export const accessSettingsBody = members.extend({ settings: members.optional() });
export type AccessSettingsBody = z.output<typeof accessSettingsBody>;
