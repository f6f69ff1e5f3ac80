import { z } from 'zod';
import type { Severity } from '../domain/index.js';
import type { DetectionSettings, Evaluation, NodeDetector, NodeLook, Transition } from './detector.js';
import type { DriveFigures, NodeObservations } from './observation.js';
import { formatBytes, formatMoment, formatPercent } from './wording.js';

const CRITICAL_ABOVE_PERCENT = 95;

const diskUsageState = z.object({
  /** Samples above the threshold without a break: time of the first and of the latest. */
  run: z.object({ firstMs: z.number(), lastMs: z.number() }).nullable(),
  /** The open issue: since when usage has been above, and how bad it was at last. */
  open: z.object({ sinceMs: z.number(), severity: z.enum(['warning', 'critical']) }).nullable(),
});
type DiskUsageState = z.infer<typeof diskUsageState>;

const initial: DiskUsageState = { run: null, open: null };

/**
 * Opens when all known samples of the window are above the threshold and the window is really covered: the first of
 * them is at least a window old and no gap between two is longer than the window or the permitted gap. Closes at the
 * first known sample below. A sample exactly at the threshold is neither above nor below. Unknown figures are no samples.
 */
export const diskUsage: NodeDetector<DiskUsageState> = {
  kind: 'disk-usage',
  scope: 'node',
  reads: 'host',
  initial,
  restore: (json) => diskUsageState.safeParse(json).data ?? initial,
  evaluate(state, look, settings) {
    const sample = readSample(look.observations);
    if (sample === undefined) return { state, transitions: [] };
    const position = compare(sample, settings.diskThresholdPercent);
    if (state.open !== null) return evaluateOpen(state.open, sample, position, look, settings);
    if (position <= 0) return { state: initial, transitions: [] };

    const run = extendRun(state.run, sample.atMs, settings);
    if (sample.atMs - run.firstMs < settings.diskWindowMs)
      return { state: { run, open: null }, transitions: [] };
    const open = { sinceMs: run.firstMs, severity: severityOf(sample) };
    const transition = describe('open', open, sample, position, look, settings);
    return { state: { run: null, open }, transitions: [transition] };
  },
};

interface Sample {
  readonly atMs: number;
  readonly mount: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** The fullest drive with figures that can be true. */
function readSample({ stats }: NodeObservations): Sample | undefined {
  if (stats === undefined || !stats.ok) return undefined;
  const atMs = Date.parse(stats.at);
  const samples = stats.value.drives.flatMap((drive) => sampleOf(drive, atMs) ?? []);
  return samples.reduce<Sample | undefined>(
    (fullest, sample) => (fullest === undefined || percentOf(sample) > percentOf(fullest) ? sample : fullest),
    undefined,
  );
}

/**
 * Used is what is not available: `availableBytes` leaves out blocks reserved for root, which the database cannot write
 * either. The servers derive `usedBytes` (and a rounded `usage`) from the same two figures, so those add nothing.
 */
function sampleOf({ mount, totalBytes, availableBytes }: DriveFigures, atMs: number): Sample | undefined {
  if (totalBytes === null || availableBytes === null) return undefined;
  if (!(totalBytes > 0) || !(availableBytes >= 0) || availableBytes > totalBytes) return undefined;
  return { atMs, mount, totalBytes, usedBytes: totalBytes - availableBytes };
}

const percentOf = ({ usedBytes, totalBytes }: Sample): number => (usedBytes / totalBytes) * 100;

/** Above, at or below the threshold as 1, 0, -1. By multiplication, because a quotient may miss equality by rounding. */
const compare = ({ usedBytes, totalBytes }: Sample, thresholdPercent: number): number =>
  Math.sign(usedBytes * 100 - totalBytes * thresholdPercent);

const severityOf = (sample: Sample): 'warning' | 'critical' =>
  compare(sample, CRITICAL_ABOVE_PERCENT) > 0 ? 'critical' : 'warning';

function extendRun(run: DiskUsageState['run'], atMs: number, settings: DetectionSettings) {
  const maxGapMs = Math.max(settings.diskWindowMs, settings.hostMaxGapMs);
  // A clock that stepped back says nothing about how much time is covered: the count starts anew.
  const isContinued = run !== null && atMs >= run.lastMs && atMs - run.lastMs <= maxGapMs;
  return { firstMs: isContinued ? run.firstMs : atMs, lastMs: atMs };
}

function evaluateOpen(
  open: NonNullable<DiskUsageState['open']>,
  sample: Sample,
  position: number,
  look: NodeLook,
  settings: DetectionSettings,
): Evaluation<DiskUsageState> {
  if (position < 0) {
    return { state: initial, transitions: [describe('closed', open, sample, position, look, settings)] };
  }
  const still = { sinceMs: open.sinceMs, severity: severityOf(sample) };
  return {
    state: { run: null, open: still },
    transitions: [describe('open', still, sample, position, look, settings)],
  };
}

function describe(
  event: Transition['event'],
  open: { readonly sinceMs: number; readonly severity: Severity },
  sample: Sample,
  position: number,
  look: NodeLook,
  { diskThresholdPercent: threshold }: DetectionSettings,
): Transition {
  const { usedBytes, totalBytes, mount } = sample;
  const figures =
    `The disk of node ${look.node.address} of cluster ${look.cluster.name} is ${formatPercent(percentOf(sample), threshold)} full: ` +
    `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)} used, ${formatBytes(totalBytes - usedBytes)} available on ${mount}.`;
  const since = formatMoment(open.sinceMs);
  const more =
    event === 'closed'
      ? `That is below the threshold of ${threshold} % again; it had been above since ${since}.`
      : `${position > 0 ? 'It has been above' : 'It is exactly at'} the threshold of ${threshold} %` +
        `${position > 0 ? ` since ${since}` : `, after having been above since ${since}`}. ` +
        'Consider removing data, running a scavenge, or increasing the disk size.';
  return {
    event,
    severity: open.severity,
    message: `${figures} ${more}`,
    nodeId: look.node.id,
    time: new Date(sample.atMs),
  };
}
