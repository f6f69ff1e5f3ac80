import type { DriveFigures, HostFigures, NodeObservations } from './observation.js';

/** A figure with the time at which it was asked for. */
export interface Sample<Value> {
  readonly atMs: number;
  readonly value: Value;
}

/** The first that knows the figure: `/stats`, which every version has, then `/metrics`, which may survive where that gave up. */
function sampleOf<Value>(
  { stats, metrics }: NodeObservations,
  read: (figures: HostFigures) => Value | undefined,
): Sample<Value> | undefined {
  for (const observation of [stats, metrics]) {
    const value = observation?.ok === true ? read(observation.value) : undefined;
    if (observation !== undefined && value !== undefined) return { atMs: Date.parse(observation.at), value };
  }
  return undefined;
}

export interface UsedBytes {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

export const percentOf = ({ usedBytes, totalBytes }: UsedBytes): number => (usedBytes / totalBytes) * 100;

/** Above, at or below the threshold as 1, 0, -1. By multiplication, because a quotient may miss equality by rounding. */
export const comparePercent = ({ usedBytes, totalBytes }: UsedBytes, thresholdPercent: number): number =>
  Math.sign(usedBytes * 100 - totalBytes * thresholdPercent);

/** Of the whole machine; undefined when no answer has it. */
export const loadSample = (observations: NodeObservations): Sample<number> | undefined =>
  sampleOf(observations, ({ loadAverage1m }) =>
    loadAverage1m !== null && loadAverage1m >= 0 ? loadAverage1m : undefined,
  );

/** What rounding can make of a product of two decimal figures that are written down exactly. */
const ROUNDING = 1e-12;

/** Above, at or below the threshold per core as 1, 0, -1. */
export function compareLoad(loadAverage: number, cores: number, thresholdPerCore: number): number {
  const limit = thresholdPerCore * cores;
  return Math.abs(loadAverage - limit) <= limit * ROUNDING ? 0 : Math.sign(loadAverage - limit);
}

/**
 * Undefined when no answer has figures that can be true: a total of zero, and more free than there is, are none.
 * A `configuredBytes` takes the place of the reported total, which from 24.6 on is a limit of the runtime's, not the machine's.
 */
export const memorySample = (
  observations: NodeObservations,
  configuredBytes: number | null,
): Sample<UsedBytes> | undefined =>
  sampleOf(observations, ({ memory }) => plausible(configuredBytes ?? memory.totalBytes, memory.freeBytes));

/** The fullest drive with figures that can be true. */
export const diskSample = (
  observations: NodeObservations,
): Sample<UsedBytes & { readonly mount: string }> | undefined =>
  sampleOf(observations, ({ drives }) =>
    drives
      .flatMap((drive) => driveUsage(drive) ?? [])
      .toSorted((one, other) => percentOf(other) - percentOf(one))
      .at(0),
  );

/**
 * Used is what is not available: `availableBytes` leaves out blocks reserved for root, which the database cannot write
 * either. The servers derive `usedBytes` (and a rounded `usage`) from the same two figures, so those add nothing.
 */
function driveUsage({ mount, totalBytes, availableBytes }: DriveFigures) {
  const used = plausible(totalBytes, availableBytes);
  return used && { mount, ...used };
}

/** What is used of so much when so much is free, if that can be true. */
function plausible(totalBytes: number | null, freeBytes: number | null): UsedBytes | undefined {
  if (totalBytes === null || freeBytes === null) return undefined;
  if (!(totalBytes > 0) || !(freeBytes >= 0) || freeBytes > totalBytes) return undefined;
  return { totalBytes, usedBytes: totalBytes - freeBytes };
}

/**
 * Why a figure of the host is not known, as a clause. `/stats` is what to mend when it fails, because every version has
 * it; `whyNot` tells what is wrong with an answer.
 */
export function whyUnknown(
  { stats, metrics }: NodeObservations,
  whyNot: (figures: HostFigures) => string,
): string {
  const observation = stats ?? metrics;
  if (observation === undefined) return 'the node has not been asked yet';
  return observation.ok ? whyNot(observation.value) : observation.reason;
}
