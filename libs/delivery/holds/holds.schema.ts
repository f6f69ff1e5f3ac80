import { z } from 'zod';
import { ID_PATTERN, parseDurationMs, SEVERITIES } from '../../domain/index.js';
import { pageQuery, text } from '../../rest/index.js';
import { cronProblem, isTimeZone } from './cron-times.js';

const MAX_REASON_CHARACTERS = 500;
const MAX_NAMED = 200;
const MAX_CRON_CHARACTERS = 100;
const MAX_ZONE_CHARACTERS = 60;
const MIN_DURATION_MS = 60_000;
const MAX_DURATION_MS = 7 * 24 * 60 * 60_000;
/** What both a timestamp of the database and RFC 3339 can say in every time zone. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 9999];

const id = z.string().regex(ID_PATTERN, 'is no id of this hub');
const kind = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and hyphens');
const named = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MAX_NAMED).optional();

const members = (notifications: string) => ({
  minimumSeverity: z.enum(SEVERITIES).optional().describe('Of this severity or a worse one'),
  kinds: named(kind).describe(`Issues of these kinds; ${notifications}`),
  clusterIds: named(id).describe('Of these clusters'),
  nodeIds: named(id).describe(`Issues of these nodes; ${notifications}`),
});

/** Which issues and notifications are let through: all members that are given must fit. A misspelt one is refused. */
export const filterBody = z.strictObject(members('notifications have none and are let through'));
const matcher = z
  .strictObject({
    ...members('notifications have none and are not held back'),
    integrationIds: named(id).describe('On their way to these integrations'),
  })
  .describe("Which issues and notifications are held back; {} means all of them but the hub's own notices");

const time = z.iso.datetime({ offset: true }).refine((value) => {
  const year = new Date(value).getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}, `must be a time in the years ${FIRST_YEAR} to ${LAST_YEAR}`);
const reason = text(1, MAX_REASON_CHARACTERS).describe('Why; shown wherever something is held back');

/** A silence as it is made, and as it is to be after a change. */
export const silenceBody = z.object({
  matcher,
  from: time.optional().describe('When it begins; now when absent, and as it was on a change'),
  until: time.describe('When it is over, at most a year after it begins'),
  reason,
});
export type SilenceBody = z.output<typeof silenceBody>;

/** A cron expression of five fields; `drill` schedules are written so, too. */
export const cronText = z
  .string()
  .max(MAX_CRON_CHARACTERS)
  .superRefine((value, context) => {
    const problem = cronProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });
/** The name of a time zone: `Europe/Berlin`. */
export const timeZoneText = z
  .string()
  .max(MAX_ZONE_CHARACTERS)
  .refine(isTimeZone, 'is no time zone of the IANA database, such as Europe/Berlin');

const duration = z.string().refine((value) => {
  const ms = parseDurationMs(value);
  return ms !== undefined && ms >= MIN_DURATION_MS && ms <= MAX_DURATION_MS;
}, 'must be a duration between 1m and 7d, such as 90m or 2h');

/** A maintenance window as it is made, and as it is to be after a change. */
export const windowBody = z.object({
  matcher,
  reason,
  cron: cronText.describe('When it begins: minute, hour, day of month, month, day of week'),
  timeZone: timeZoneText.describe('IANA name of the zone in which that is read'),
  duration: duration.describe('How long each occurrence lasts in elapsed time: 90m, 2h'),
  from: time.optional().describe('Before then it does not occur; now when absent, as it was on a change'),
  until: time.nullish().describe('From then on it does not occur any more; absent when it goes on for ever'),
});
export type WindowBody = z.output<typeof windowBody>;

/** Which of them are wanted. */
export const holdQuery = pageQuery.extend({
  active: z.enum(['true']).optional().describe('Only those that are on now'),
});
export type HoldQuery = z.output<typeof holdQuery>;
