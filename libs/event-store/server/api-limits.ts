/** What one caller, and all of them together, may take. */
export interface ApiLimits {
  /** Of a body of lines, as it comes and unpacked. */
  readonly maxBodyBytes: number;
  readonly maxQueryBytes: number;
  /** Bodies of lines that are held at a time, from their first byte until they are stored; those beyond get a 503. */
  readonly maxBodies: number;
  /** Bytes of all of them together. */
  readonly maxHeldBytes: number;
  /** Queries at a time, from their first byte until their answer is sent; those beyond get a 503. */
  readonly maxQueries: number;
  /** Request line and header fields together. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Until the header of a request is complete. */
  readonly headersMs: number;
  /** Until a request is complete, with its body. */
  readonly requestMs: number;
  /** How often connections are looked at: so much later than its deadline a slow one may be cut. */
  readonly checkIntervalMs: number;
  /** How long a connection may stand still in both directions, also while we are busy or nobody reads our answer. */
  readonly inactivityMs: number;
  /** How long the rest of a body is read and thrown away after its refusal: a cut would take the answer from its sender. */
  readonly lingerMs: number;
  /** How long closing waits for what is under way. */
  readonly graceMs: number;
}

const MEBIBYTE = 1_048_576;

export const API_LIMITS: ApiLimits = {
  maxBodyBytes: 16 * MEBIBYTE,
  maxQueryBytes: MEBIBYTE,
  maxBodies: 64,
  maxHeldBytes: 256 * MEBIBYTE,
  maxQueries: 32,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  headersMs: 10_000,
  requestMs: 60_000,
  checkIntervalMs: 2_000,
  inactivityMs: 120_000,
  lingerMs: 2_000,
  graceMs: 10_000,
};
