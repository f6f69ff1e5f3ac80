import { z } from 'zod';
import { deliveryFilter, moment } from '../log/delivery-log.schema.js';

const MAX_ID_CHARACTERS = 40;
const MAX_CURSOR_CHARACTERS = 80;

const selections = {
  deliveryId: z.string().min(1).max(MAX_ID_CHARACTERS).optional().describe('One delivery'),
  filter: z
    .strictObject(deliveryFilter.shape)
    .optional()
    .describe('The deliveries that a filter selects; an empty one selects all'),
  since: moment
    .optional()
    .describe('Everything that was owed or changed since then, and open issues that were never owed'),
};

/** What is to be brought to where the sink shows what should be shown now. */
export const replayBody = z
  .strictObject({
    ...selections,
    dryRun: z.boolean().default(false).describe('Only say what would be done'),
    after: z
      .string()
      .max(MAX_CURSOR_CHARACTERS)
      .optional()
      .describe('The `next` of an answer that says `more`; everything else as it was'),
  })
  .refine(
    ({ deliveryId, filter, since }) =>
      [deliveryId, filter, since].filter((one) => one !== undefined).length === 1,
    { message: 'must have exactly one of deliveryId, filter and since' },
  );
export type ReplayBody = z.output<typeof replayBody>;
