import { knownMetric, type MetricSample } from '../../domain/index.js';
import type { StreamPlace } from '../stream-sink.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html and API_Dimension.html, read 2026-11-28. */
export const MAX_NAME_CHARS = 255;
const MAX_DIMENSION_VALUE_CHARS = 1_024;
const MAX_DIMENSIONS = 30;

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** Dimensions of ours. A metric's own label of such a name is another thing. */
const OURS = new Set(['Cluster', 'Node']);

/** What CloudWatch takes as a name or a value: visible ASCII and spaces, not blank (then it is empty), no colon first. */
export const plainText = (text: string, maxChars: number): string =>
  text
    .trim()
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(/^:/, '_')
    .slice(0, maxChars)
    .trim();

/** Two clusters must not become one because their letters are not ASCII. */
function clusterText({ clusterId, clusterName }: StreamPlace): string {
  const text = plainText(clusterName, MAX_DIMENSION_VALUE_CHARS);
  if (text === clusterName || clusterId === null) return text;
  return plainText(text.slice(0, MAX_DIMENSION_VALUE_CHARS / 2) + ` ${clusterId}`, MAX_DIMENSION_VALUE_CHARS);
}

/**
 * Cluster and Node, and those labels that mean something: by the catalog, and of a metric that it does not know all. What
 * is empty is left out; of two names that become the same the first is kept. Sorted by name.
 */
export function dimensionsOf(place: StreamPlace, node: string, sample: MetricSample): readonly Dimension[] {
  const { name, labels } = sample;
  const kept = knownMetric(name)?.dimensions ?? Object.keys(labels);
  const own = kept.toSorted().map((label): [string, string] => {
    const text = plainText(label, MAX_NAME_CHARS);
    return [
      OURS.has(text) ? `label_${text}` : text,
      plainText(labels[label] ?? '', MAX_DIMENSION_VALUE_CHARS),
    ];
  });
  const dimensions = new Map<string, string>();
  const all = [['Cluster', clusterText(place)], ['Node', plainText(node, MAX_DIMENSION_VALUE_CHARS)], ...own];
  for (const [key = '', value = ''] of all)
    if (key !== '' && value !== '' && !dimensions.has(key)) dimensions.set(key, value);
  return [...dimensions].slice(0, MAX_DIMENSIONS).map(([Name, Value]) => ({ Name, Value }));
}
