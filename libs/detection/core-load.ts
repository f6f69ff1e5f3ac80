import type { WatchedNode } from './detector.js';
import { compareLoad, loadSample, whyUnknown } from './host-figures.js';
import { opensAtOnce } from './opens-at-once.js';
import { durationSetting, ratioSetting } from './setting.js';
import { formatBeside } from './wording.js';

const settings = {
  threshold: ratioSetting({
    name: 'threshold',
    env: 'SPILLWAY_CORE_LOAD_THRESHOLD',
    fallback: '2.0',
    what: '1-minute load average per physical core above which an issue opens',
  }),
  closeWindowMs: durationSetting({
    name: 'closeWindow',
    env: 'SPILLWAY_CORE_LOAD_CLOSE_WINDOW',
    fallback: '1m',
    what: 'How long the load per core must stay below, for the issue to close',
  }),
};

const hasCores = (node: WatchedNode): node is WatchedNode & { readonly cores: number } =>
  node.cores !== null && node.cores > 0;

/**
 * The 1-minute load average of the machine by its physical cores. Nodes do not tell how many cores they have: without a
 * count in the registration or by an agent it is off. Windows has no load average, which leaves it blind there.
 */
export const coreLoad = opensAtOnce({
  kind: 'core-load',
  settings,
  offBecause: ({ node }) => (hasCores(node) ? undefined : 'no core count is given for this node'),
  blindBecause({ observations }) {
    return loadSample(observations) === undefined
      ? whyUnknown(observations, (figures) =>
          figures.memory.freeBytes === null
            ? 'the node reports neither load nor memory: it gave up reading them after repeated failures, and reads them again after a restart'
            : 'the node reports no load average, as on Windows and before version 20.6: switch the detector off for this cluster',
        )
      : undefined;
  },
  levelOf({ cluster, node, observations }, threshold) {
    const sample = loadSample(observations);
    if (sample === undefined || !hasCores(node)) return undefined;
    const { value: load, atMs } = sample;
    const { cores, address } = node;
    const figures = () =>
      `The 1-minute load average of node ${address} of cluster ${cluster.name} is ` +
      `${formatBeside(load / cores, threshold, 2)} per core: ` +
      `${load.toFixed(2)} on ${cores} ${cores === 1 ? 'core' : 'cores'}.`;
    return { atMs, position: compareLoad(load, cores, threshold), figures };
  },
  limitOf: (threshold) => `${threshold} per core`,
  advice:
    'Consider looking for heavy projections or reads and for a running scavenge, and a larger instance or more cores if it lasts.',
});
