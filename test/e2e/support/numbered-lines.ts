import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** One node's lines, so many in a body. Each says whose it is and which. */
export interface NumberedLines {
  readonly cluster: string;
  readonly node: string;
  readonly bodies: number;
  readonly linesPerBody: number;
  /** Of the first line; each further one is a millisecond later. */
  readonly startMs: number;
}

/** Finds node and number in a line that was made here, also where it stands in JSON of another's. */
export const MARK = /seen by (n\d+) as (\d+)#/;

const PADDING = 'The follower has replicated up to this position and acknowledged it. '.repeat(2);

/** A structured event as the database logs it, of about 250 bytes. */
const eventText = (node: string, number: number, timeMs: number): string =>
  JSON.stringify({
    '@t': new Date(timeMs).toISOString(),
    '@mt': `${PADDING}seen by ${node} as ${number}#`,
    SourceContext: 'Replication',
  });

/** The body of that index, counted from 0, in line protocol. Numbers count from 1. */
export function bodyOf({ cluster, node, linesPerBody, startMs }: NumberedLines, index: number): string {
  const lines: string[] = [];
  for (let line = 1; line <= linesPerBody; line += 1) {
    const number = index * linesPerBody + line;
    const timeMs = startMs + number;
    const text = eventText(node, number, timeMs).replaceAll('"', '\\"');
    lines.push(`log,cluster=${cluster},hostname=${node},loglevel=info log="${text}" ${timeMs}000000`);
  }
  return lines.join('\n');
}

/** Told when a body was answered; may make the sender wait. */
export type AfterBody = (index: number) => Promise<void> | void;

/**
 * Sends the bodies one after the other over one connection, each until it is taken: again after whatever is no answer, and
 * after a 503. Resolves with the indexes of those that were sent again because nobody knows what became of them.
 */
export async function sendLines(
  url: string,
  token: string,
  lines: NumberedLines,
  { isCompressed, after }: { readonly isCompressed: boolean; readonly after: AfterBody },
): Promise<number[]> {
  const doubtful: number[] = [];
  for (let index = 0; index < lines.bodies; index += 1) {
    const text = bodyOf(lines, index);
    const body = isCompressed ? await compress(text) : text;
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain',
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    };
    for (;;) {
      const said = await post(`${url}/api/write/`, headers, body);
      if (said === 'taken') break;
      if (said === 'doubtful') doubtful.push(index);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await after(index);
  }
  return doubtful;
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<'taken' | 'refused' | 'doubtful'> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.ok) return 'taken';
    if (response.status === 503) return 'refused';
    throw new UnexpectedAnswer(`HTTP ${response.status} ${text}`);
  } catch (error) {
    if (error instanceof UnexpectedAnswer) throw error;
    return isRefused(error) ? 'refused' : 'doubtful';
  }
}

class UnexpectedAnswer extends Error {}

/** Nobody was there to take it. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: string } | undefined)?.code === 'ECONNREFUSED';
