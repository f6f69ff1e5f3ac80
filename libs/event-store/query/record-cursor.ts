import type { RecordPlace } from '../record/index.js';

const CURSOR = /^(-?\d{1,16})-(\d{1,16})$/;

/** A place between records as a client sends it back: `1740027951000-42`. */
export const cursorOf = ({ timeMs, id }: RecordPlace): string => `${timeMs}-${id}`;

/** Undefined when the text is no cursor. */
export function readCursor(text: string): RecordPlace | undefined {
  const [, timeMs, id] = CURSOR.exec(text) ?? [];
  return timeMs === undefined ? undefined : { timeMs: Number(timeMs), id: Number(id) };
}
