import { z } from 'zod';
import { ID_PATTERN, OWN_KEY_PREFIX, SEVERITIES } from '../domain/index.js';
import { pageQuery, text } from '../rest/index.js';

const MAX_KEY_CHARACTERS = 200;
const MAX_MESSAGE_CHARACTERS = 4_000;
const MAX_TITLE_CHARACTERS = 200;

const id = z.string().regex(ID_PATTERN, 'is no id of this hub');
const kind = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens');
const key = text(1, MAX_KEY_CHARACTERS).refine(
  (value) => !value.startsWith(OWN_KEY_PREFIX),
  `must not begin with ${OWN_KEY_PREFIX}, as those of the hub's own issues do`,
);
const message = text(1, MAX_MESSAGE_CHARACTERS);

/** An event of an issue, as an external detector reports it. */
export const issueEvent = z.object({
  key,
  event: z.enum(['open', 'closed']),
  clusterId: id.nullish(),
  nodeId: id.nullish(),
  kind,
  severity: z.enum(SEVERITIES),
  message,
  time: z.iso.datetime({ offset: true }).nullish().describe('When the condition was seen; now when absent'),
});
export type IssueEventBody = z.output<typeof issueEvent>;

/** A notification, as the platform or a user sends it. */
export const notificationBody = z.object({
  clusterId: id.nullish(),
  severity: z.enum(SEVERITIES).default('info'),
  title: text(1, MAX_TITLE_CHARACTERS).nullish(),
  message,
});
export type NotificationBody = z.output<typeof notificationBody>;

/** Which issues are wanted. */
export const issueQuery = pageQuery.extend({
  status: z.enum(['open', 'closed']).optional(),
  clusterId: id.optional(),
  kind: kind.optional(),
});
export type IssueQuery = z.output<typeof issueQuery>;
