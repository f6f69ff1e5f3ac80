import type { FieldValue, Point } from '../line-protocol/index.js';
import { storable, type Payload } from '../record/index.js';
import type { LineOrigin } from './line-origin.js';

/** What the agent calls lines of a log that say themselves where they come from. */
const PLAIN_LOG = 'log';

/**
 * The text that is kept of a line. Of a log line that says no more it is the payload, untouched. Else, and of every event,
 * a JSON object: the payload (as it came, when it is JSON), the name, and what else the line has.
 */
export function entryBody(payload: Payload, point: Point, origin: LineOrigin): string {
  const { kind, text } = payload;
  if (isPlain(payload, point, origin)) return storable(text);
  const { series, fields } = point;
  const { hasLabels, labels } = origin;
  const more = {
    name: series.name,
    ...(hasLabels ? { tags: labels } : {}),
    ...(fields.size > 1 ? { fields: othersOf(fields, kind) } : {}),
  };
  return `{"${kind}":${isJson(text) ? text : JSON.stringify(text)},${JSON.stringify(more).slice(1)}`;
}

/** Whether what is kept is the text alone. */
export const isPlain = ({ kind }: Payload, { series, fields }: Point, { hasLabels }: LineOrigin): boolean =>
  kind === 'log' && series.name === PLAIN_LOG && fields.size === 1 && !hasLabels;

function othersOf(fields: ReadonlyMap<string, FieldValue>, own: string): Record<string, unknown> {
  const others = [...fields].filter(([key]) => key !== own);
  // JSON has no whole numbers beyond what a double holds that others would read.
  return Object.fromEntries(
    others.map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  );
}

function isJson(text: string): boolean {
  if (!text.startsWith('{') && !text.startsWith('[')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
