import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { recordedLook, type RecordedLook } from '../libs/detection/index.js';

/** The recording is not usable; the message says where and what. */
export class BadRecording extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadRecording';
  }
}

/** A look with where it stood: `line 12`, `observations[3]`. */
export interface PlacedLook {
  readonly look: RecordedLook;
  readonly place: string;
}

/** A page over several lines is read whole; one of 200 looks at a large cluster has some 35 MB. */
const MAX_PAGE_CHARACTERS = 128 * 1_048_576;
/** What editors and shells of Windows put before the first line. */
const BYTE_ORDER_MARK = /^\uFEFF/;
/** How a page begins that somebody laid out over several lines; no look begins so. */
const LAID_OUT_PAGE = /^\s*\{\s*("(observations|next)"\s*:.*)?$/;

/**
 * The looks of a recording, one by one as they are read: JSON lines, or a page of the API in whatever layout.
 * Throws `BadRecording` at the first that is none.
 */
export async function* readRecording(
  source: Readable,
  warn: (warning: string) => void,
): AsyncGenerator<PlacedLook> {
  let number = 0;
  let page: string | undefined;
  for await (const text of createInterface({ input: source, crlfDelay: Infinity })) {
    number += 1;
    const line = number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text;
    if (page !== undefined) page = extended(page, line);
    else if (line.trim() !== '') {
      const value = parseJson(line);
      if (value === undefined && number === 1 && LAID_OUT_PAGE.test(line)) page = line;
      else if (isPage(value)) yield* looksOf(value, warn);
      else yield placed(value, `line ${number}`);
    }
  }
  if (page === undefined) return;
  const value = parseJson(page);
  if (!isPage(value)) throw new BadRecording('line 1: is neither a JSON line nor the beginning of a page.');
  yield* looksOf(value, warn);
}

function extended(page: string, line: string): string {
  if (page.length + line.length > MAX_PAGE_CHARACTERS)
    throw new BadRecording('The page is too large; ask for JSON lines (?format=jsonl).');
  return `${page}\n${line}`;
}

interface Page {
  readonly observations: readonly unknown[];
  readonly next?: unknown;
}

const isPage = (value: unknown): value is Page =>
  typeof value === 'object' && value !== null && 'observations' in value && Array.isArray(value.observations);

function* looksOf({ observations, next }: Page, warn: (warning: string) => void): Generator<PlacedLook> {
  for (const [index, value] of observations.entries()) yield placed(value, `observations[${index}]`);
  if (next != null) warn('This page is not the whole range: it has a next one. Ask for ?format=jsonl.');
}

function placed(value: unknown, place: string): PlacedLook {
  if (value === undefined) throw new BadRecording(`${place}: is not valid JSON.`);
  const problem = problemAnswer.safeParse(value).data;
  if (problem !== undefined)
    throw new BadRecording(
      `${place}: the hub refused: ${problem.status} ${problem.title}. ${problem.detail}`,
    );
  const { data, error } = recordedLook.safeParse(value);
  if (data !== undefined) return { look: data, place };
  const { path, message } = innermost(error?.issues[0]);
  throw new BadRecording(`${place}: ${path === '' ? 'the line' : path}: ${message}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What the hub answers instead of observations; `curl` writes that to a file just as well. */
const problemAnswer = z.object({ title: z.string(), status: z.int(), detail: z.string().default('') });

type Issue = z.core.$ZodIssue;

/** Of an observation that is neither an answer nor a failure, what is wrong with the one that its `ok` says it is. */
function innermost(
  issue: Issue | undefined,
  parents: readonly PropertyKey[] = [],
): { path: string; message: string } {
  const path = [...parents, ...(issue?.path ?? [])];
  if (issue?.code === 'invalid_union') {
    const meant = issue.errors.find((branch) => !branch.some((one) => one.path[0] === 'ok'));
    if (meant?.[0] !== undefined) return innermost(meant[0], path);
  }
  return { path: nameOf(path), message: issue?.message ?? 'is no recorded look' };
}

const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
