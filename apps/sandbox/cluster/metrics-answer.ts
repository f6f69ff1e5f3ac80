import { familiesOf } from './metric-families.js';
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
  const lines = familiesOf(place).flatMap(({ name, laterName = name, type, series }) => {
    const isTotal = isNew && type === 'counter';
    const full = `${version.metrics}_${isNew ? laterName : name}`;
    const header = `# TYPE ${full}${isTotal && !isOpenMetrics ? '_total' : ''} ${type}`;
    const rows = series.map(([own, value, ending = '']) => {
      const stamp = isNew ? '' : ` ${Math.round(model.nowMs())}`;
      return `${full}${ending}${isTotal ? '_total' : ''}${labelText({ ...labels, ...own })} ${value}${stamp}`;
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

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
