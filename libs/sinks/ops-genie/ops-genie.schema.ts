import { z } from 'zod';

/** Keys are UUIDs of 36 characters; OpsGenie documents neither form nor maximum. */
const MAX_API_KEY_CHARS = 100;

/** Public members of `data`: none beside `sink` and `source`. */
export const opsGenieConfig = z.object({});

/** Write-only members of `data`. The key travels in a header, so only visible ASCII can be meant. */
export const opsGenieSecrets = z.object({
  apiKey: z
    .string()
    .min(1, 'must hold an OpsGenie API key')
    .max(MAX_API_KEY_CHARS, `must have at most ${MAX_API_KEY_CHARS} characters`)
    .regex(/^[\x21-\x7e]*$/, 'must have no spaces, control characters or letters beyond ASCII'),
});

/** What every answer of OpsGenie's holds, errors too (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
export const opsGenieAnswer = z.object({
  requestId: z.string(),
  code: z.number().optional().catch(undefined),
});
