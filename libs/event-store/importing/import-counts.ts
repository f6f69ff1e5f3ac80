/** What has become of the rows of a table. Each row is in exactly one of `stored`, `undated`, `withoutPayload`, `refused`. */
export interface ImportCounts {
  readonly read: number;
  readonly stored: number;
  /** Left out: their time is lost (D19). */
  readonly undated: number;
  /** Left out: there is neither event nor log text in them. */
  readonly withoutPayload: number;
  /** Left out: the storage does not take them. */
  readonly refused: number;
  /** Of `stored`: those that have got the time which was given for undated rows. */
  readonly datedByOption: number;
  /** Of `stored`: milliseconds, microseconds or nanoseconds were taken for what they are. */
  readonly timeRepaired: number;
  /** Of `stored`: tags that were no JSON object are kept as the text of a tag `othertags`. */
  readonly tagsRepaired: number;
  /** Of `stored`: with characters that stand for bytes which were no text. */
  readonly charactersRepaired: number;
  /** Of `stored`: those that the next retention run removes. */
  readonly pastRetention: number;
}

export const NO_ROWS: ImportCounts = {
  read: 0,
  stored: 0,
  undated: 0,
  withoutPayload: 0,
  refused: 0,
  datedByOption: 0,
  timeRepaired: 0,
  tagsRepaired: 0,
  charactersRepaired: 0,
  pastRetention: 0,
};

const NAMES = Object.keys(NO_ROWS) as readonly (keyof ImportCounts)[];

/** Both together. */
export function addCounts(one: ImportCounts, other: ImportCounts): ImportCounts {
  return Object.fromEntries(NAMES.map((name) => [name, one[name] + other[name]])) as unknown as ImportCounts;
}
