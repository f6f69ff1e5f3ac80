import { z } from 'zod';
import type { Severity } from '../../domain/index.js';

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

export type Priority = 'P1' | 'P2' | 'P3' | 'P4' | 'P5';
const priority = z.enum(['P1', 'P2', 'P3', 'P4', 'P5'], 'must be one of P1, P2, P3, P4, P5');

/** Priorities of severities that an integration says nothing of. */
export const DEFAULT_PRIORITIES: Readonly<Record<Severity, Priority>> = {
  critical: 'P1',
  warning: 'P3',
  info: 'P5',
};

/** Members of the integration's `settings` that are ours: which service the key belongs to, and how urgent what is. */
export const opsGenieSettings = z.object({
  target: z
    .enum(['opsgenie', 'opsgenie-eu', 'jsm'], 'must be one of opsgenie, opsgenie-eu, jsm')
    .default('opsgenie'),
  priorities: z
    .strictObject({
      critical: priority.default(DEFAULT_PRIORITIES.critical),
      warning: priority.default(DEFAULT_PRIORITIES.warning),
      info: priority.default(DEFAULT_PRIORITIES.info),
    })
    .prefault({}),
});
export type OpsGenieSettings = z.output<typeof opsGenieSettings>;

/** What every answer of OpsGenie's holds, errors too (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
export const opsGenieAnswer = z.object({
  requestId: z.string().min(1),
  code: z.number().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  errors: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** Refusals by a gateway, as the one in front of JSM Operations: they have no `requestId`. */
export const gatewayRefusal = opsGenieAnswer.extend({
  requestId: z.string().optional().catch(undefined),
  message: z.string(),
});

/** Answer to the question what became of a request. `success` is an older name of `isSuccess`. */
export const requestStatus = z.object({
  data: z.object({
    isSuccess: z.boolean().optional(),
    success: z.boolean().optional(),
    status: z.string().catch(''),
    alertId: z.string().optional().catch(undefined),
  }),
});

/** Answer to the question for an alert. */
export const alertState = z.object({ data: z.object({ status: z.enum(['open', 'closed']) }) });
