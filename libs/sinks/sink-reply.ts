import type { Outcome } from '../domain/index.js';

/** A call's end, with what may be recorded of it. */
export interface SinkReply {
  readonly outcome: Outcome;
  /** Status of the HTTP answer; absent when there was none. */
  readonly httpStatus?: number;
  /** SHA-256 (hex) of the request's content without credentials; absent when nothing was sent. */
  readonly requestDigest?: string;
  /** Which call it was, and of each member of its content the type and length: no values, no secret. */
  readonly requestShape?: RequestShape;
  /** What the sink answered, without secrets, at most `MAX_ANSWER_CHARS`; absent when it answered nothing. */
  readonly answer?: string;
}

/** `{"call":"chat.postMessage","members":{"channel":"text(7)","attachments":"list(1)"}}` */
export interface RequestShape {
  readonly call: string;
  readonly members: Readonly<Record<string, string>>;
}

/** Of an answer no more is kept. */
export const MAX_ANSWER_CHARS = 1_000;

/** What a connection test found. It leaves nothing at the sink that a person would see. */
export interface TestReport {
  readonly ok: boolean;
  /** Sentences a person can act on: what works, what is missing, what could not be checked. */
  readonly findings: readonly string[];
  /** Of a test that failed: why. */
  readonly outcome?: Outcome;
}

/**
 * One integration's line to its sink, with its configuration and credentials inside. A plain object without
 * database, queue or framework. Never throws for what a sink answers.
 */
export interface SinkConnection {
  /** Tries credentials and configuration. Leaves nothing at the sink that a person would see. */
  test(call: { readonly signal: AbortSignal }): Promise<TestReport>;
}
