import type { DriveFigures, HostFigures } from '../detection/index.js';
import { figureOf, foreignText } from './read-answer.js';
import { UnreadableAnswer } from './unreadable-answer.js';

/** What the metrics' names begin with: up to 24.10 (and later, if so configured), and from 25.0 on. */
const PREFIXES = ['eventstore', 'kurrentdb'] as const;
/** A page has one or two lines of each of ours; more are nothing that we would store. */
const MAX_SERIES = 64;
const MAX_LINE_CHARS = 2_000;

interface Series {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number | null;
}

/**
 * Reads `/metrics` of 23.6 to 26.x, in Prometheus' text format or as OpenMetrics. Every metric may be switched off there:
 * a figure that is missing or negative is null. Pages are long (a megabyte, at worst) and ours are ten lines of them, so
 * nothing is parsed but those. Throws `UnreadableAnswer` when there is no metric of the database at all.
 */
export function parseMetrics(body: string): HostFigures {
  if (!PREFIXES.some((prefix) => body.startsWith(`${prefix}_`) || body.includes(`\n${prefix}_`))) {
    throw new UnreadableAnswer('unexpected-shape', 'a page without metrics of EventStoreDB or KurrentDB');
  }
  const load = seriesOf(body, '_sys_load_avg{').find(({ labels }) => labels.get('period') === '1m');
  const memory = seriesOf(body, '_sys_mem_bytes{');
  const bytes = (kind: string): number | null =>
    memory.find(({ labels }) => labels.get('kind') === kind)?.value ?? null;
  return {
    drives: drivesOf(seriesOf(body, '_sys_disk_bytes{')),
    memory: { totalBytes: bytes('total'), freeBytes: bytes('free') },
    loadAverage1m: load?.value ?? null,
  };
}

/** `used` and `total` are of the same drive, which the servers measure without reserved blocks. */
function drivesOf(series: readonly Series[]): DriveFigures[] {
  const mounts = new Map<string, { used: number | null; total: number | null }>();
  for (const { labels, value } of series) {
    const mount = labels.get('disk');
    const kind = labels.get('kind');
    if (mount === undefined || (kind !== 'used' && kind !== 'total')) continue;
    const drive = mounts.get(mount) ?? { used: null, total: null };
    drive[kind] = value;
    mounts.set(mount, drive);
  }
  return [...mounts].map(([mount, { used, total }]) => ({
    mount: foreignText.parse(mount),
    totalBytes: total,
    availableBytes: total === null || used === null ? null : figureOf(total - used),
  }));
}

/** The lines whose metric is one of the prefixes and then `name`, which ends in the brace before the labels. */
function seriesOf(body: string, name: string): Series[] {
  const found: Series[] = [];
  for (let at = body.indexOf(name); at !== -1 && found.length < MAX_SERIES; at = body.indexOf(name, at + 1)) {
    if (!PREFIXES.some((prefix) => isLineBefore(body, prefix, at))) continue;
    const lineEnd = body.indexOf('\n', at);
    const rest = body.slice(at + name.length, lineEnd === -1 ? undefined : lineEnd);
    const series = rest.length > MAX_LINE_CHARS ? undefined : readSeries(rest);
    if (series !== undefined) found.push(series);
  }
  return found;
}

/** Looks at no more than the prefix: a hostile page may hold names by the ten thousand, and no line break. */
const isLineBefore = (body: string, prefix: string, at: number): boolean =>
  body.endsWith(prefix, at) && (at === prefix.length || body[at - prefix.length - 1] === '\n');

const LABEL = /\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
/** After the labels: the value, and perhaps a time, in milliseconds or (OpenMetrics) seconds, which nobody needs. */
const VALUE = /\s*\}\s*(\S+)/y;

/** `period="1m",…} 0.5 1683645023547`; undefined when it is cut off or something else. */
function readSeries(text: string): Series | undefined {
  const labels = new Map<string, string>();
  let position = 0;
  for (;;) {
    LABEL.lastIndex = position;
    const label = LABEL.exec(text);
    if (label === null) break;
    labels.set(label[1] ?? '', unescaped(label[2] ?? ''));
    position = LABEL.lastIndex;
  }
  VALUE.lastIndex = position;
  const value = VALUE.exec(text)?.[1];
  return value === undefined ? undefined : { labels, value: figureOf(Number(value)) };
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
