import type { FieldProblems } from '../domain/index.js';

/** What we read of a validation issue; zod's and every Standard Schema's fit. */
export interface ValidationIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The members of a zod issue from which a readable reason is made. */
interface ZodDetails {
  readonly code?: string;
  readonly expected?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly origin?: string;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

const MAX_FIELDS = 50;
const LIBRARY_MESSAGE = /^(Invalid |Too (big|small)|Unrecognized key)/;
const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

/**
 * The field that an issue's path points to: `data.token`, `nodes[0].address`; the whole value is called `root`.
 */
export function fieldName(path: ValidationIssue['path'], root = 'body'): string {
  let name = '';
  for (const part of path ?? []) {
    const key = typeof part === 'object' ? part.key : part;
    name += typeof key === 'number' ? `[${key}]` : `${name === '' ? '' : '.'}${String(key)}`;
  }
  return name === '' ? root : name;
}

/**
 * Validation issues as field path → reason, the first reason of each field. `prefix` is the path of the value that
 * was validated. Never repeats the value itself: it may be a secret.
 */
export function fieldProblems(
  issues: readonly ValidationIssue[],
  prefix: readonly PropertyKey[] = [],
): FieldProblems {
  const fields: Record<string, string> = {};
  for (const issue of issues.slice(0, MAX_FIELDS)) {
    const path = [...prefix, ...(issue.path ?? [])];
    const { code, keys } = issue as ZodDetails;
    if (code === 'unrecognized_keys')
      for (const key of keys ?? []) fields[fieldName([...path, key])] ??= 'is not known';
    else fields[fieldName(path)] ??= reasonOf(issue);
  }
  return fields;
}

/** A schema's own message stands; the library's are said in the words of a form. */
function reasonOf(issue: ValidationIssue): string {
  const { code, ...details } = issue as ValidationIssue & ZodDetails;
  if (code === undefined || !LIBRARY_MESSAGE.test(issue.message)) return issue.message;
  switch (code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'is required';
      return `must be ${NOUNS[details.expected ?? ''] ?? details.expected ?? 'of another type'}`;
    case 'too_small':
      return `must ${bound(details.origin)} at least ${details.minimum}${UNITS[details.origin ?? ''] ?? ''}`;
    case 'too_big':
      return `must ${bound(details.origin)} at most ${details.maximum}${UNITS[details.origin ?? ''] ?? ''}`;
    case 'invalid_value':
      return `must be one of ${(details.values ?? []).join(', ')}`;
    case 'invalid_format':
      return details.format === 'datetime'
        ? 'must be an RFC 3339 time such as 2026-11-20T12:00:00Z'
        : 'has the wrong form';
    default:
      return 'has the wrong form';
  }
}

const bound = (origin: string | undefined): string =>
  origin !== undefined && origin in UNITS ? 'have' : 'be';
