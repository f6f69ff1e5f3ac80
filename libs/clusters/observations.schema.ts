import { z } from 'zod';
import { ROUNDS, type Round } from '../detection/index.js';
import { badRequest } from '../domain/index.js';
import { pageQuery } from '../rest/index.js';

const DEFAULT_RANGE_MS = 3_600_000;
/** Nothing is kept from outside these years, and PostgreSQL reads no year beyond. */
const EARLIEST_MS = Date.parse('2000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9000-01-01T00:00:00Z');

/** In a query `+` reads as a blank unless it is written `%2B`, which people forget. */
const time = z
  .string()
  .transform((text) => text.replace(/ (?=\d\d:\d\d$)/, '+'))
  .pipe(z.iso.datetime({ offset: true }))
  .optional();
const timeOf = (description: string) => time.meta({ description, format: 'date-time' });

/** Which observations are wanted. */
export const observationQuery = pageQuery.extend({
  from: timeOf('RFC 3339; an hour before `to` when absent'),
  to: timeOf('RFC 3339; now when absent'),
  round: z.enum(ROUNDS).optional().describe('Only rounds of this kind'),
  format: z
    .enum(['json', 'jsonl'])
    .optional()
    .describe(
      'jsonl: the whole range as JSON lines, `limit` aside; the header Accept: application/x-ndjson asks for the same',
    ),
  after: z.string().max(100).optional().describe('The `next` of the page before'),
});
export type ObservationQuery = z.output<typeof observationQuery>;

/** From when to when, both ends included. Throws 400 when a time does not exist or they are reversed. */
export function rangeOf({ from, to }: Pick<ObservationQuery, 'from' | 'to'>, now: Date) {
  const toMs = to === undefined ? now.getTime() : msOf('to', to);
  const fromMs = from === undefined ? toMs - DEFAULT_RANGE_MS : msOf('from', from);
  if (fromMs > toMs)
    throw badRequest({ from: to === undefined ? 'must not be in the future' : 'must not be after `to`' });
  return { from: clamped(fromMs), to: clamped(toMs) };
}

function msOf(field: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw badRequest({ [field]: 'must be an RFC 3339 time such as 2026-11-20T12:00:00Z' });
  return ms;
}

const clamped = (ms: number): Date => new Date(Math.min(LATEST_MS, Math.max(EARLIEST_MS, ms)));

/** The place after which a page goes on. */
export interface ObservationPlace {
  readonly at: Date;
  readonly round: Round;
}

export const cursorOf = ({ at, round }: { readonly at: Date; readonly round: string }): string =>
  Buffer.from(`${at.getTime()} ${round}`).toString('base64url');

/** Throws 400 when it is none of ours. */
export function placeAfter(cursor: string | undefined): ObservationPlace | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,15}) ([a-z]+)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const at = new Date(Number(match?.[1]));
  const round = ROUNDS.find((name) => name === match?.[2]);
  if (round === undefined || at.getTime() > LATEST_MS)
    throw badRequest({ after: 'must be the `next` of an earlier page' });
  return { at, round };
}
