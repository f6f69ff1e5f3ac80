import { z } from 'zod';
import type { LinePlace } from '../../persistence/index.js';

/** Where a page of a log ended, and since when lines were wanted: a range that nobody named must not move from page to page. */
export interface LogCursor extends LinePlace {
  readonly fromMs: number;
}

const CONTENT = /^(-?\d{1,15})\.(\d{1,15})\.(-?\d{1,15})$/;
const MAX_CHARACTERS = 100;

/** As `next` shows it. Whoever reads it must make nothing of what is in it. */
export const cursorText = ({ timeMs, seq, fromMs }: LogCursor): string =>
  Buffer.from(`${timeMs}.${seq}.${fromMs}`).toString('base64url');

/** Reads the `next` of an earlier page; undefined when it is none. */
export function readCursor(text: string): LogCursor | undefined {
  const [, timeMs, seq, fromMs] = CONTENT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (timeMs === undefined) return undefined;
  const cursor = { timeMs: Number(timeMs), seq: Number(seq), fromMs: Number(fromMs) };
  // Decoding passes over what is no base64, and there is more than one way to write a number.
  return cursorText(cursor) === text ? cursor : undefined;
}

/** `?cursor=`: the `next` of the page before. */
export const logCursor = z
  .string()
  .max(MAX_CHARACTERS)
  .transform((text, context) => {
    const cursor = readCursor(text);
    if (cursor) return cursor;
    context.addIssue({ code: 'custom', message: 'must be the `next` of an earlier page' });
    return z.NEVER;
  })
  .optional()
  .describe('The `next` of the page before');
