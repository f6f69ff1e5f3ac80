import { bareMetricName, knownMetric, type MetricSample } from '../domain/index.js';

/** What the metrics' names begin with: up to 24.10 (and later, if so configured), and from 25.0 on. */
const OURS = /(?:eventstore|kurrentdb)_\w+/y;
const DECLARATION = '# TYPE ';
/** Real lines have some 200; a longer one is nothing that would be stored. */
const MAX_LINE_CHARS = 2_000;
const MAX_LABELS = 32;
/** Of the scrape, or different after every restart: they tell no series from another, and cost one each. */
const NOISE = /^(?:otel_scope_.*|pid)$/;

/**
 * The samples on a page of `/metrics` (23.6 to 26.x, Prometheus text or OpenMetrics) whose names are wanted: without
 * prefix and `_total`. What is not a finite number is left out. Never throws: a line that cannot be read is none.
 */
export function* pageSamples(body: string, isWanted: (name: string) => boolean): Generator<MetricSample> {
  const declared = new Map<string, string>();
  let family = { full: '', isWanted: false };
  for (let at = 0, end = 0; at < body.length; at = end + 1) {
    end = body.indexOf('\n', at);
    if (end === -1) end = body.length;
    if (end - at > MAX_LINE_CHARS) continue;
    if (body.startsWith(DECLARATION, at)) declare(declared, body.slice(at, end));
    // Pages are long, and most lines are buckets of one histogram after another: those are passed over unread.
    if (family.full === '' || !isOf(family.full, body, at)) {
      const full = matchAt(OURS, body, at)?.[0] ?? '';
      family = { full, isWanted: full !== '' && isWanted(bareMetricName(full)) };
    }
    if (!family.isWanted) continue;
    const sample = sampleIn(body.slice(at, end), family.full, declared);
    if (sample !== undefined) yield sample;
  }
}

const isOf = (full: string, body: string, at: number): boolean =>
  body.startsWith(full, at) && '{ '.includes(body[at + full.length] ?? '\n');

function declare(declared: Map<string, string>, line: string): void {
  const [, , name = '', type = ''] = line.trim().split(' ');
  declared.set(name, type);
}

/** OpenMetrics declares a counter without its `_total`, and both formats a histogram without what its series end in. */
function typeOf(full: string, declared: ReadonlyMap<string, string>): MetricSample['type'] {
  const known = knownMetric(bareMetricName(full))?.type;
  if (known !== undefined) return known;
  const own = declared.get(full) ?? declared.get(full.replace(/_total$/, ''));
  if (own !== undefined) return own === 'counter' ? 'counter' : 'gauge';
  const family = declared.get(full.replace(/_(?:bucket|sum|count)$/, ''));
  return family === 'histogram' || family === 'summary' || full.endsWith('_total') ? 'counter' : 'gauge';
}

const LABEL = /\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
/** Perhaps followed by a time, in milliseconds or (OpenMetrics) seconds: ours, when it was asked, is what counts. */
const VALUE = /\s+(\S+)/y;
const LABELS_END = /\s*\}/y;

function sampleIn(
  line: string,
  full: string,
  declared: ReadonlyMap<string, string>,
): MetricSample | undefined {
  const labels: [string, string][] = [];
  let at = full.length;
  if (line[at] === '{') {
    at += 1;
    for (let label = matchAt(LABEL, line, at); label !== null; label = matchAt(LABEL, line, at)) {
      labels.push([label[1] ?? '', unescaped(label[2] ?? '')]);
      at += label[0].length;
    }
    const end = matchAt(LABELS_END, line, at);
    if (end === null || labels.length > MAX_LABELS) return undefined;
    at += end[0].length;
  }
  const value = Number(matchAt(VALUE, line, at)?.[1] ?? Number.NaN);
  if (!Number.isFinite(value)) return undefined;
  const name = bareMetricName(full);
  const kept = labels
    .filter(([label]) => !NOISE.test(label))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const origin = knownMetric(name)?.origin ?? 'eventstoredb';
  return { name, labels: Object.fromEntries(kept), value, type: typeOf(full, declared), origin };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
