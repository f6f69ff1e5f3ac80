import { ownState } from './cluster-view.js';
import { diskOf, loadOf, memoryOf } from './host-state.js';
import type { Place } from './place.js';

export interface MetricsAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** `/metrics` as the version has it; OpenMetrics where it can and the Accept header names it. Null: it has none. */
export function metricsAnswer(place: Place, accept: string): MetricsAnswer | null {
  const { version, model } = place;
  if (version.metrics === null) return null;
  const isNew = version.metrics === 'kurrentdb';
  const isOpenMetrics = isNew && accept.includes('application/openmetrics-text');
  const labels = isNew ? { otel_scope_name: 'KurrentDB.Core', otel_scope_version: '1.0.0' } : {};
  const lines = familiesOf(place).flatMap(({ name, type, series }) => {
    const isTotal = isNew && type === 'counter';
    const full = `${version.metrics}_${name}`;
    const header = `# TYPE ${full}${isTotal && !isOpenMetrics ? '_total' : ''} ${type}`;
    const rows = series.map(([own, value]) => {
      const stamp = isNew ? '' : ` ${Math.round(model.nowMs())}`;
      return `${full}${isTotal ? '_total' : ''}${labelText({ ...labels, ...own })} ${value}${stamp}`;
    });
    return [header, ...rows, ...(isOpenMetrics ? [] : [''])];
  });
  return {
    contentType: isOpenMetrics
      ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8',
    body: [...lines, ...(isOpenMetrics ? ['# EOF'] : []), ''].join('\n'),
  };
}

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly series: readonly (readonly [Readonly<Record<string, string>>, number])[];
}

function familiesOf(place: Place): Family[] {
  const { model, index, version, mount } = place;
  const load = loadOf(place);
  const memory = memoryOf(place);
  const disk = diskOf(place);
  const position = model.positionOf(index, model.nowMs());
  const status = { name: 'Node', status: ownState(model, index) };
  const families: (Family | false)[] = [
    { name: 'checkpoints', type: 'gauge', series: [[{ name: 'writer', read: 'non-flushed' }, position]] },
    version.countsElections && {
      name: 'elections_count',
      type: 'counter',
      series: [[{}, model.node(index).elections]],
    },
    {
      name: 'statuses',
      type: version.metrics === 'kurrentdb' ? 'gauge' : 'counter',
      series: [[status, Math.floor(model.nowMs() / 1_000)]],
    },
    load !== null && {
      name: 'sys_load_avg',
      type: 'gauge',
      series: [
        [{ period: '1m' }, load],
        [{ period: '5m' }, load * 0.9],
        [{ period: '15m' }, load * 0.8],
      ],
    },
    memory !== null && {
      name: 'sys_mem_bytes',
      type: 'gauge',
      series: [
        [{ kind: 'free' }, memory.freeBytes],
        [{ kind: 'total' }, memory.totalBytes],
      ],
    },
    disk !== null && {
      name: 'sys_disk_bytes',
      type: 'gauge',
      series: [
        [{ disk: mount, kind: 'used' }, disk.usedBytes],
        [{ disk: mount, kind: 'total' }, disk.totalBytes],
      ],
    },
  ];
  return families.filter((family) => family !== false);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
