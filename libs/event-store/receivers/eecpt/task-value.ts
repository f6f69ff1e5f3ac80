import type { Point } from '../../line-protocol/index.js';
import type { TaskValue } from './phase-detector.js';

const INTEGER = /^[+-]?\d{1,19}$/;
/** As the event store has it for names and ids. */
const MAX_CHARACTERS = 255;

/**
 * What a point of the analysed metric says of a task: `jobid` (or `application`) names the job; `pid`, or else `rank`, its
 * task, as a tag or as a field. A rank is the job's, a process id the host's. Undefined without a job, or without a number as
 * `value`. `defaultCluster` is of points that name none.
 */
export function taskValueOf(point: Point, defaultCluster: string | undefined): TaskValue | undefined {
  const { tags } = point.series;
  const job = tags.get('jobid') ?? tags.get('application') ?? '';
  const cluster = tags.get('cluster') ?? defaultCluster;
  const host = tags.get('hostname') ?? tags.get('host') ?? '';
  const value = numberOf(point.fields.get('value'));
  if (job === '' || value === undefined) return undefined;
  if ([job, cluster ?? '', host].some(({ length }) => length > MAX_CHARACTERS)) return undefined;
  const pid = idOf(point, 'pid');
  const rank = idOf(point, 'rank');
  const task = pid === undefined && rank !== undefined ? `rank ${rank}` : `pid ${pid ?? '-'} ${host}`;
  return { cluster, job, task, value };
}

function idOf({ series, fields }: Point, key: string): string | undefined {
  const tag = series.tags.get(key);
  if (tag !== undefined) return INTEGER.test(tag) ? tag : undefined;
  const field = fields.get(key);
  const text = typeof field === 'number' || typeof field === 'bigint' ? String(field) : field;
  return typeof text === 'string' && INTEGER.test(text) ? text : undefined;
}

function numberOf(field: string | number | bigint | boolean | undefined): number | undefined {
  if (field === undefined || field === '' || typeof field === 'boolean') return undefined;
  const value = Number(field);
  return Number.isFinite(value) ? value : undefined;
}
