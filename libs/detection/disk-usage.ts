import { z } from 'zod';
import type { Severity } from '../domain/index.js';
import type { Evaluation, NodeDetector, NodeLook, Transition } from './detector.js';
import {
  comparePercent,
  diskSample,
  percentOf,
  whyUnknown,
  type Sample,
  type UsedBytes,
} from './host-figures.js';
import { covers, extendRun, momentMs, run } from './run.js';
import { durationSetting, percentSetting } from './setting.js';
import { formatBytes, formatMoment, formatPercent } from './wording.js';

const CRITICAL_ABOVE_PERCENT = 95;
const NO_DRIVE =
  'the node reports no drive with figures that can be true: it could not read the disk of its database, its log says why';

const settings = {
  threshold: percentSetting({
    name: 'threshold',
    env: 'SPILLWAY_DISK_THRESHOLD',
    fallback: '80',
    what: 'Disk usage in percent above which an issue opens',
  }),
  windowMs: durationSetting({
    name: 'window',
    env: 'SPILLWAY_DISK_WINDOW',
    fallback: '1m',
    what: 'How long disk usage must stay above',
  }),
};

const diskUsageState = z.object({
  /** Samples above the threshold without a break. */
  run: run.nullable(),
  /** The open issue: since when usage has been above, and how bad it was at last. */
  open: z.object({ sinceMs: momentMs, severity: z.enum(['warning', 'critical']) }).nullable(),
});
type DiskUsageState = z.infer<typeof diskUsageState>;
type DiskSample = Sample<UsedBytes & { readonly mount: string }>;

const initial: DiskUsageState = { run: null, open: null };

/**
 * Opens when all known samples of the window are above the threshold and the window is really covered: the first of
 * them is at least a window old and no gap between two is longer than the window or the permitted gap. Closes at the
 * first known sample below. A sample exactly at the threshold is neither above nor below. Unknown figures are no samples.
 */
export const diskUsage: NodeDetector<DiskUsageState, typeof settings> = {
  kind: 'disk-usage',
  scope: 'node',
  reads: 'host',
  settings,
  initial,
  restore: (json) => diskUsageState.safeParse(json).data ?? initial,
  blindBecause: ({ observations }) =>
    diskSample(observations) === undefined ? whyUnknown(observations, () => NO_DRIVE) : undefined,
  evaluate(state, look, { threshold, windowMs, maxGapMs }) {
    const sample = diskSample(look.observations);
    if (sample === undefined) return { state, transitions: [] };
    const position = comparePercent(sample.value, threshold);
    if (state.open !== null) return evaluateOpen(state.open, sample, position, look, threshold);
    if (position <= 0) return { state: initial, transitions: [] };

    const above = extendRun(state.run, sample.atMs, windowMs, maxGapMs);
    if (!covers(above, windowMs)) return { state: { run: above, open: null }, transitions: [] };
    const open = { sinceMs: above.firstMs, severity: severityOf(sample) };
    const transition = describe('open', open, sample, position, look, threshold);
    return { state: { run: null, open }, transitions: [transition] };
  },
};

const severityOf = ({ value }: DiskSample): 'warning' | 'critical' =>
  comparePercent(value, CRITICAL_ABOVE_PERCENT) > 0 ? 'critical' : 'warning';

function evaluateOpen(
  open: NonNullable<DiskUsageState['open']>,
  sample: DiskSample,
  position: number,
  look: NodeLook,
  threshold: number,
): Evaluation<DiskUsageState> {
  if (position < 0) {
    return { state: initial, transitions: [describe('closed', open, sample, position, look, threshold)] };
  }
  const still = { sinceMs: open.sinceMs, severity: severityOf(sample) };
  return {
    state: { run: null, open: still },
    transitions: [describe('open', still, sample, position, look, threshold)],
  };
}

function describe(
  event: Transition['event'],
  open: { readonly sinceMs: number; readonly severity: Severity },
  sample: DiskSample,
  position: number,
  look: NodeLook,
  threshold: number,
): Transition {
  const { usedBytes, totalBytes, mount } = sample.value;
  const figures =
    `The disk of node ${look.node.address} of cluster ${look.cluster.name} is ${formatPercent(percentOf(sample.value), threshold)} full: ` +
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
