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

const id = z.string().regex(ID_PATTERN, 'is no id of this hub');

/** An RFC 3339 time. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** A page of a list by time of creation. */
export const rowPageQuery = pageQuery.extend({ after: rowCursor });
export type RowPageQuery = z.output<typeof rowPageQuery>;

/** Which deliveries are wanted. */
export const deliveryFilter = z.object({
  outcome: z.enum(DELIVERY_OUTCOMES).optional().describe('Where it is, or how its last units ended'),
  issueId: id.optional(),
  since: moment.optional().describe('Only what was first owed then or later'),
  until: moment.optional().describe('Only what was first owed before then'),
});

export const deliveryQuery = rowPageQuery.extend({
  ...deliveryFilter.shape,
  notificationId: id.optional(),
});
export type DeliveryQuery = z.output<typeof deliveryQuery>;
