import { isObjectText } from '../../domain/index.js';
import type { StoredLine } from '../../persistence/index.js';

const LINE_BREAKS = /[\r\n]+/g;

/**
 * A line as JSON text, on one line. `message` is the structured event as it stands there where the line is one, as in the
 * events at CloudWatch: its numbers may have more digits than ours. Otherwise it is the text.
 */
export function lineText({ seq, timeMs, acceptedMs, node, level, body }: StoredLine): string {
  const place = `"seq":${seq},"time":"${iso(timeMs)}","acceptedAt":"${iso(acceptedMs)}"`;
  const origin = `"node":${JSON.stringify(node)},"level":${JSON.stringify(level)}`;
  return `{${place},${origin},"message":${messageText(body)}}`;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Between the members of an object line breaks mean nothing, and within its texts there are none. */
const messageText = (body: string): string =>
  isObjectText(body) ? body.replaceAll(LINE_BREAKS, ' ') : JSON.stringify(body);
