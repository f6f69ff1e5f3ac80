/** How live tails behave, and how many there may be in a process. */
export interface TailBounds {
  /** How often the database is asked whether logs have grown. */
  readonly pollMs: number;
  /** How often something is sent, and how often it is looked at whether the caller may still read. */
  readonly heartbeatMs: number;
  /** What is left of a tail when it was told to end is cut after so long. */
  readonly farewellMs: number;
  readonly maxTails: number;
  readonly maxPerProject: number;
  /** One that is further behind leaves lines out, and goes on with the last `keptLines`. */
  readonly maxBehind: number;
  readonly keptLines: number;
  /** What is read at once: lines, and bytes of their text. */
  readonly batch: { readonly limit: number; readonly maxBytes: number };
}

export const TAIL_BOUNDS: TailBounds = {
  pollMs: 1_000,
  heartbeatMs: 15_000,
  farewellMs: 1_000,
  maxTails: 50,
  maxPerProject: 10,
  maxBehind: 10_000,
  keptLines: 1_000,
  batch: { limit: 500, maxBytes: 262_144 },
};

/** Gives an application other bounds in part, for tests. */
export const OTHER_TAIL_BOUNDS = Symbol('other tail bounds');
