import { isObjectText, type NewEntry } from '../../domain/index.js';

/**
 * Most that an event's message may have in bytes. An event is 1 MB at the most, with its 26 bytes besides (quota "Event size":
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html, read 2026-11-28); others were refused
 * just below that, so a little is left.
 */
export const MAX_MESSAGE_BYTES = 1_048_500;
/** Ours: names that are longer are no hosts' and no clusters'. */
const MAX_NAME_CHARS = 1_000;

/** A log event's text, with its length in UTF-8. */
export interface EventText {
  readonly message: string;
  readonly bytes: number;
}

/**
 * Writes entries of one cluster as log events: JSON objects of `message`, `cluster`, `node`, `level` and `time`. `message` is
 * the entry's own object where its body is one, as it stands there, and a text otherwise. What is too long becomes a text that
 * is cut at a code point, with a mark.
 */
export function eventFormat(clusterName: string): (entry: NewEntry) => EventText {
  const cluster = JSON.stringify(clipped(clusterName));
  const places = new Map<string, string>();
  const placeOf = (node: string): string => {
    const known = places.get(node);
    if (known !== undefined) return known;
    const place = `,"cluster":${cluster},"node":${JSON.stringify(clipped(node))},"level":`;
    places.set(node, place);
    return place;
  };
  return ({ body, node, level, timeMs }) => {
    const rest = `${placeOf(node)}${level === null ? 'null' : `"${level}"`},"time":"${new Date(timeMs).toISOString()}"}`;
    return eventText(body.toWellFormed(), rest);
  };
}

function eventText(body: string, rest: string): EventText {
  // No text has fewer bytes than UTF-16 units: what is far too long is not even looked at.
  if (body.length <= MAX_MESSAGE_BYTES) {
    const message = `{"message":${isObjectText(body) ? body : JSON.stringify(body)}${rest}`;
    const bytes = Buffer.byteLength(message);
    if (bytes <= MAX_MESSAGE_BYTES) return { message, bytes };
  }
  const mark = `… [truncated: ${Buffer.byteLength(body)} bytes]`;
  const left = MAX_MESSAGE_BYTES - Buffer.byteLength(`{"message":"${mark}"${rest}`);
  const message = `{"message":${JSON.stringify(`${beginning(body, left)}${mark}`)}${rest}`;
  return { message, bytes: Buffer.byteLength(message) };
}

const clipped = (name: string): string => name.slice(0, MAX_NAME_CHARS).toWellFormed();

/** As much of a text as has at most so many bytes inside a JSON string. `text` is well-formed. */
function beginning(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end)!;
    bytes += bytesInJson(code);
    if (bytes > maxBytes) break;
    end += code > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

const SHORT_ESCAPES = new Set([...'\b\t\n\f\r"\\'].map((char) => char.codePointAt(0)!));

function bytesInJson(code: number): number {
  if (SHORT_ESCAPES.has(code)) return '\\n'.length;
  if (code < 0x20) return String.raw`\u0000`.length;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code > 0xffff ? 4 : 3;
}
