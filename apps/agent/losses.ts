/** What will never arrive, counted until the hub has been told. */
export interface Losses {
  /** Lines that the hub refused, or that a damaged spool held. */
  readonly lines: number;
  /** Lines of which only the beginning was sent. */
  readonly cutLines: number;
  /** Of files that were deleted before they were read. */
  readonly unreadBytes: number;
  /** Measurements of the host that waited until nobody needs them. */
  readonly samples: number;
}

export const NO_LOSSES: Losses = { lines: 0, cutLines: 0, unreadBytes: 0, samples: 0 };

export const addLosses = (one: Losses, other: Partial<Losses>): Losses => ({
  lines: one.lines + (other.lines ?? 0),
  cutLines: one.cutLines + (other.cutLines ?? 0),
  unreadBytes: one.unreadBytes + (other.unreadBytes ?? 0),
  samples: one.samples + (other.samples ?? 0),
});

export const negated = ({ lines, cutLines, unreadBytes, samples }: Losses): Losses => ({
  lines: -lines,
  cutLines: -cutLines,
  unreadBytes: -unreadBytes,
  samples: -samples,
});

export const isNone = ({ lines, cutLines, unreadBytes, samples }: Losses): boolean =>
  lines === 0 && cutLines === 0 && unreadBytes === 0 && samples === 0;

/** A log line of the servers' own kind that tells of them. */
export const reportOf = (losses: Losses, now: Date): string =>
  JSON.stringify({
    '@t': now.toISOString(),
    '@mt':
      'spillway-agent could not deliver everything: {lines} lines refused or damaged, {cutLines} lines cut, {unreadBytes} bytes deleted before they were read, {samples} host measurements too old',
    '@l': 'Warning',
    ...losses,
    SourceContext: 'spillway-agent',
  });
