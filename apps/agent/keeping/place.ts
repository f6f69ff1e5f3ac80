import { NO_LOSSES, type Losses } from '../losses.js';

/** How a file begins: tells whether a file with a known number is still the one it was. */
export interface Fingerprint {
  /** Of how many bytes; 0 of a file of which nothing is known. */
  readonly length: number;
  readonly digest: string;
}

/** How far a file has been taken over: everything before `offset` is at the hub, or in the spool. */
export interface Place {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly offset: number;
  /** Whether `offset` is within a line that was too long: the rest of it is passed over. */
  readonly isInside: boolean;
  readonly fingerprint: Fingerprint;
}

/** What the agent knows after a batch that it did not know before. */
export interface StateChange {
  readonly places: readonly Place[];
  /** Keys of files that are no more. */
  readonly gone: readonly string[];
  /** To be added; what was reported is negative. */
  readonly losses: Losses;
}

export const NO_CHANGE: StateChange = { places: [], gone: [], losses: NO_LOSSES };

export const keyOf = ({ device, inode }: Pick<Place, 'device' | 'inode'>): string => `${device}:${inode}`;
