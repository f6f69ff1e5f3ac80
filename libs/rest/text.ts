import { z } from 'zod';

/** Text of a person: between `minimum` and `maximum` UTF-16 units, and not only blanks unless it may be empty. */
export const text = (minimum: number, maximum: number): z.ZodString =>
  minimum === 0
    ? z.string().max(maximum)
    : z.string().min(minimum).max(maximum).regex(/\S/, 'must not be blank');

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const isStorable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

type Segment = string | number;

/**
 * Where in a JSON value a text stands that cannot be stored; `undefined` when there is none.
 * Walks with a stack of its own: a body may be nested deeper than the call stack is.
 */
export function findUnstorable(root: unknown): readonly Segment[] | undefined {
  const stack: { value: unknown; path: Trail | undefined }[] = [{ value: root, path: undefined }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { value, path } = item;
    if (typeof value === 'string' && !isStorable(value)) return segmentsOf(path);
    if (typeof value !== 'object' || value === null) continue;
    const isArray = Array.isArray(value);
    for (const [key, member] of Object.entries(value)) {
      if (!isArray && !isStorable(key)) return segmentsOf(path);
      stack.push({ value: member, path: { parent: path, segment: isArray ? Number(key) : key } });
    }
  }
  return undefined;
}

/** A path as a linked list: deep bodies would need quadratic memory for arrays. */
interface Trail {
  readonly parent: Trail | undefined;
  readonly segment: Segment;
}

const MAX_SEGMENTS = 20;

function segmentsOf(trail: Trail | undefined): Segment[] {
  const segments: Segment[] = [];
  for (let at = trail; at; at = at.parent) segments.push(at.segment);
  return segments.slice(-MAX_SEGMENTS).toReversed();
}
