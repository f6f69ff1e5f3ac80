import type { StoredLine } from '../../persistence/index.js';
import { lineText } from './log-line.js';

/** Why a tail ended. */
export type TailEnd =
  /** The hub stops. */
  | 'shutdown'
  /** The token was revoked or is too old, or its bearer may not read this any more. */
  | 'unauthorized'
  /** The hub failed to read on. */
  | 'failed';

/** So long whoever was cut off waits before coming back, in milliseconds. */
const RETRY_MS = 2_000;

/** Opens a stream of events, as WHATWG HTML § 9.2 has them (read 2026-11-28): from `seq` on nothing is missing. */
export const greeting = (seq: number): string => `retry: ${RETRY_MS}\nid: ${seq}\n\n`;

export const logEvent = (line: StoredLine): string =>
  `event: log\nid: ${line.seq}\ndata: ${lineText(line)}\n\n`;

/** `count` lines up to `seq` are left out. */
export const gapEvent = (count: number, seq: number): string =>
  `event: gap\nid: ${seq}\ndata: {"count":${count}}\n\n`;

/** Says that all is well, and up to where there was nothing that was wanted: an id without data is no event. */
export const heartbeat = (seq: number): string => `: heartbeat\nid: ${seq}\n\n`;

export const endEvent = (reason: TailEnd): string => `event: end\ndata: {"reason":"${reason}"}\n\n`;
