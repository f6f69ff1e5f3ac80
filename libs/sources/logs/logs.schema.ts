import { z } from 'zod';
import { LOG_LEVELS } from '../../domain/index.js';
import { logCursor } from './log-cursor.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const MAX_LAST = 1_000;
const MAX_NODE_CHARACTERS = 300;
const MAX_Q_CHARACTERS = 200;
const FIRST_MS = Date.parse('1970-01-01T00:00:00Z');
const END_MS = Date.parse('9999-12-31T23:59:59.999Z');

const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const ms = Date.parse(text);
    return Number.isNaN(ms) || (ms >= FIRST_MS && ms <= END_MS);
  }, 'must be a time of the years 1970 to 9999')
  .transform((text) => Date.parse(text));

/** Which lines are wanted; what is absent does not restrict. */
const lineFilter = z.object({
  level: z.enum(LOG_LEVELS).optional().describe('The least: `warn` also finds `error` and `fatal`'),
  node: z
    .string()
    .max(MAX_NODE_CHARACTERS)
    .optional()
    .describe('Only of this node, exactly as it is written'),
  q: z
    .string()
    .max(MAX_Q_CHARACTERS)
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .describe(
      'Only lines that have this somewhere in the text as it came, whatever the case. No character has a special meaning',
    ),
});

/** A page of a log. */
export const logQuery = lineFilter
  .extend({
    from: moment.optional().describe('Since when; an hour before `to` when absent'),
    to: moment.optional().describe('Until when; now when absent'),
    cursor: logCursor,
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_LIMIT)
      .default(DEFAULT_LIMIT)
      .describe('How many lines at most, 1 to 1000'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['from'],
    message: 'must not be after `to`',
  });
export type LogQuery = z.output<typeof logQuery>;

const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A live tail of a log. */
export const tailQuery = lineFilter.extend({
  after: seq
    .optional()
    .describe('Go on after the line of this number; a `Last-Event-ID` header comes before it'),
  last: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_LAST)
    .optional()
    .describe('Begin with those of the last so many lines, 0 to 1000, that are wanted'),
});
export type TailQuery = z.output<typeof tailQuery>;

/** The `Last-Event-ID` header: the number of the last line that was received. */
export const lastEventId = seq;
