import { Failed } from './terminal.js';

/** The event store takes no longer ones. */
const MAX_PAYLOAD_BYTES = 1_048_576;
const LINE_FEED = 10;

/** All of an input as one text, without the line break that ends it. Throws `Failed` for too much. */
export async function wholeText(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    length += chunk.length;
    if (length > MAX_PAYLOAD_BYTES) throw tooLong('Standard input');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** The lines of an input as they come, without blank ones: some at a time. Throws `Failed` for one that is too long. */
export async function* eachLine(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  for await (const chunk of input) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end === -1) rest.push(chunk);
    else {
      const lines = linesOf([...rest, chunk.subarray(0, end + 1)]);
      if (lines.length > 0) yield lines;
      rest = [chunk.subarray(end + 1)];
      restLength = 0;
    }
    restLength += end === -1 ? chunk.length : chunk.length - end - 1;
    if (restLength > MAX_PAYLOAD_BYTES) throw tooLong('A line');
  }
  const lines = linesOf(rest);
  if (lines.length > 0) yield lines;
}

const linesOf = (chunks: readonly Uint8Array[]): string[] =>
  Buffer.concat(chunks)
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');

const tooLong = (what: string): Failed => new Failed(`${what} is longer than ${MAX_PAYLOAD_BYTES} bytes.`);
