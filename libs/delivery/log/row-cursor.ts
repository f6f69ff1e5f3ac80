import { z } from 'zod';
import type { RowCursor } from '../../persistence/index.js';

const CURSOR = /^(\d{1,14})-([0-9a-z]{1,40})$/;

/** The cursor of a row, as `next` shows it. Whoever reads it must make nothing of what is in it. */
export const cursorText = ({ createdAt, id }: RowCursor): string => `${createdAt.getTime()}-${id}`;

/** Reads the `next` of an earlier page; undefined when it is none. */
export function readCursor(text: string): RowCursor | undefined {
  const [, milliseconds, id] = CURSOR.exec(text) ?? [];
  return milliseconds === undefined || id === undefined
    ? undefined
    : { createdAt: new Date(Number(milliseconds)), id };
}

/** `?after=`: the `next` of the page before. */
export const rowCursor = z
  .string()
  .transform((text, context) => {
    const cursor = readCursor(text);
    if (cursor) return cursor;
    context.addIssue({ code: 'custom', message: 'must be the `next` of an earlier page' });
    return z.NEVER;
  })
  .optional()
  .describe('The `next` of the page before');
