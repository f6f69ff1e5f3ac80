import { z } from 'zod';
import { ID_PATTERN } from '../../domain/index.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const CURSOR = /^(\d{1,14})-(\d{1,18})$/;

const dateTime = z.iso.datetime({ offset: true });
const date = z.iso.date();

/** A time, or a day for its first moment in UTC, as people write it to the clients. */
const moment = z.string().transform((text, context) => {
  if (dateTime.safeParse(text).success || date.safeParse(text).success) return new Date(text);
  const message = 'must be an RFC 3339 time such as 2026-11-20T12:00:00Z, or a date such as 2026-11-20';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const cursor = z.string().transform((text, context) => {
  const [, milliseconds, seq] = CURSOR.exec(text) ?? [];
  if (milliseconds !== undefined && seq !== undefined) return { time: new Date(Number(milliseconds)), seq };
  context.addIssue({ code: 'custom', message: 'must be the `next` of an earlier page' });
  return z.NEVER;
});

/** Which part of the audit log is wanted. */
export const auditQuery = z.object({
  before: moment.optional().describe('Only what was done before this time or day'),
  after: moment.optional().describe('Only what was done at this time or day, or later'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe('How many entries at most, 1 to 1000'),
  cursor: cursor.optional().describe('The `next` of the page before'),
});
export type AuditLogQuery = z.output<typeof auditQuery>;

export const userAuditQuery = auditQuery.extend({
  org: z
    .string()
    .regex(ID_PATTERN, 'is no id of this hub')
    .optional()
    .describe('Only what was done in this organization'),
});
export type UserAuditLogQuery = z.output<typeof userAuditQuery>;
