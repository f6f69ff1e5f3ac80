import { z } from 'zod';
import type { RequestAction } from './alert.js';

// Limits of https://docs.opsgenie.com/docs/alert-api, read 2026-11-20; what is too long is refused, not cut.
const text = (most: number) =>
  z.string().refine((value) => [...value].length <= most, `should be at most ${most} characters`);
const filled = (most: number) => text(most).refine((value) => value.trim() !== '', 'can not be empty');

const MAX_DETAILS = 8_000;
const details = z
  .record(z.string(), z.string())
  .refine(
    (map) =>
      Object.entries(map).reduce((sum, [name, value]) => sum + [...name].length + [...value].length, 0) <=
      MAX_DETAILS,
    `should be at most ${MAX_DETAILS} characters`,
  );

const create = z.object({
  message: filled(130),
  alias: filled(512),
  description: filled(15_000).optional(),
  entity: text(512).optional(),
  source: text(100).optional(),
  tags: z.array(filled(50)).max(20, 'should be at most 20').optional(),
  details: details.optional(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5'], 'should be one of [ P1, P2, P3, P4, P5 ]').optional(),
});
const note = z.object({ note: filled(25_000), source: text(100).optional() });
const close = z.object({ note: text(25_000).optional(), source: text(100).optional() });

export type CreateBody = z.infer<typeof create>;
export type NoteBody = z.infer<typeof close>;

export type ReadBody =
  | { readonly body: CreateBody | NoteBody }
  | { readonly status: 400 }
  | { readonly status: 422; readonly errors: Readonly<Record<string, string>> };

const SCHEMAS = { create, note, close };

/** The body of a request, or how it is refused: 400 for what is no JSON object, 422 with the members that do not do. */
export function readBody(action: RequestAction, bytes: Buffer): ReadBody {
  let given: unknown;
  try {
    given = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { status: 400 };
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { status: 400 };
  const read = SCHEMAS[action].safeParse(given);
  if (read.success) return { body: read.data };
  const errors = Object.fromEntries(
    read.error.issues.map(({ path, message }) => [String(path[0] ?? 'body'), message]),
  );
  return { status: 422, errors };
}
