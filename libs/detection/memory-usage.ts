import type { NodeLook } from './detector.js';
import { comparePercent, memorySample, percentOf, whyUnknown } from './host-figures.js';
import type { HostFigures } from './observation.js';
import { opensAtOnce } from './opens-at-once.js';
import { durationSetting, percentSetting } from './setting.js';
import { formatBytes, formatPercent } from './wording.js';

const settings = {
  threshold: percentSetting({
    name: 'threshold',
    env: 'SPILLWAY_MEMORY_THRESHOLD',
    fallback: '90',
    what: 'Memory usage in percent above which an issue opens',
  }),
  closeWindowMs: durationSetting({
    name: 'closeWindow',
    env: 'SPILLWAY_MEMORY_CLOSE_WINDOW',
    fallback: '1m',
    what: 'How long memory usage must stay below, for the issue to close',
  }),
};

/** The machine's memory that is not free. Figures that cannot be true are unknown, not full. */
export const memoryUsage = opensAtOnce({
  kind: 'memory-usage',
  settings,
  blindBecause({ node, observations }) {
    return memorySample(observations, node.memoryBytes) === undefined
      ? whyUnknown(observations, (figures) => whyImpossible(figures, node))
      : undefined;
  },
  levelOf({ cluster, node, observations }, threshold) {
    const sample = memorySample(observations, node.memoryBytes);
    if (sample === undefined) return undefined;
    const { value, atMs } = sample;
    const figures = () =>
      `The memory of node ${node.address} of cluster ${cluster.name} is ` +
      `${formatPercent(percentOf(value), threshold)} used: ${formatBytes(value.usedBytes)} of ` +
      `${formatBytes(value.totalBytes)}, ${formatBytes(value.totalBytes - value.usedBytes)} free.`;
    return { atMs, position: comparePercent(value, threshold), figures };
  },
  limitOf: (threshold) => `${threshold} %`,
  // Source of the 85 %: KurrentDB's best practices.
  advice:
    "Consider reducing the node's caches (StreamInfoCacheCapacity, for one) or a larger instance; the vendor advises to " +
    'use 85 % of the physical memory at most.',
});

function whyImpossible({ memory }: HostFigures, { memoryBytes }: NodeLook['node']): string {
  const { totalBytes, freeBytes } = memory;
  if (freeBytes === null || freeBytes < 0)
    return 'the node reports no free memory: it gave up reading it after repeated failures, and reads it again after a restart';
  const free = formatBytes(freeBytes);
  if (memoryBytes !== null)
    return `the node reports ${free} free, more than the memoryBytes given for it (${formatBytes(memoryBytes)}): correct them`;
  if (totalBytes === null)
    return 'the node does not report how much memory it has, as before version 22.10: give memoryBytes for it';
  return `the node reports ${free} free of ${formatBytes(totalBytes)}, which cannot be true, as happens from version 24.6 on: give memoryBytes for it`;
}
