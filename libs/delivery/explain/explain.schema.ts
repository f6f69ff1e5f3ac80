import { z } from 'zod';
import { ID_PATTERN, SEVERITIES } from '../../domain/index.js';
import { pageQuery } from '../../rest/index.js';

const MAX_KIND_CHARACTERS = 64;

const id = z.string().regex(ID_PATTERN, 'is no id of this hub');
const severity = z.enum(SEVERITIES);

/** Of which integrations an explanation is wanted: a page of them, or one. */
export const explainQuery = pageQuery.extend({
  integration: id.optional().describe('Only of this integration, also when it was deleted'),
});
export type ExplainQuery = z.output<typeof explainQuery>;

/** An issue or a notification that there is not. */
export const hypothesisBody = z
  .strictObject({
    issue: z
      .strictObject({
        kind: z.string().min(1).max(MAX_KIND_CHARACTERS),
        severity,
        clusterId: id.nullish(),
        nodeId: id.nullish(),
        event: z
          .enum(['open', 'closed'])
          .default('open')
          .describe('`closed`: it is over before it was shown'),
      })
      .optional(),
    notification: z.strictObject({ severity, clusterId: id.nullish() }).optional(),
  })
  .refine(({ issue, notification }) => (issue === undefined) !== (notification === undefined), {
    message: 'must have exactly one of issue and notification',
  });
export type HypothesisBody = z.output<typeof hypothesisBody>;
