import { z } from 'zod';
import { ID_PATTERN } from '../../domain/index.js';
import { pageQuery } from '../../rest/index.js';
import { rowCursor } from './row-cursor.js';

/** Where a delivery can be. */
export const DELIVERY_OUTCOMES = [
  'inFlight',
  'parked',
  'delivered',
  'rejected',
  'suppressed',
  'expired',
] as const;

const MAX_KIND_CHARACTERS = 64;

const id = z.string().regex(ID_PATTERN, 'is no id of this hub');

const FIRST_MS = Date.parse('1970-01-01T00:00:00Z');
const END_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** An RFC 3339 time, in years that a time of this hub may have, UTC. */
export const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const ms = Date.parse(text);
    return Number.isNaN(ms) || (ms >= FIRST_MS && ms <= END_MS);
  }, 'must be a time of the years 1970 to 9999')
  .transform((text) => new Date(text));

/** A page of a list by time of creation. */
export const rowPageQuery = pageQuery.extend({ after: rowCursor });
export type RowPageQuery = z.output<typeof rowPageQuery>;

/** Which deliveries are wanted. */
export const deliveryFilter = z.object({
  outcome: z.enum(DELIVERY_OUTCOMES).optional().describe('Where it is, or how its last units ended'),
  issueId: id.optional(),
  kind: z.string().min(1).max(MAX_KIND_CHARACTERS).optional().describe('Only of issues of this kind'),
  since: moment.optional().describe('Only what was first owed then or later'),
  until: moment.optional().describe('Only what was first owed before then'),
});

export const deliveryQuery = rowPageQuery.extend({
  ...deliveryFilter.shape,
  notificationId: id.optional(),
});
export type DeliveryQuery = z.output<typeof deliveryQuery>;
