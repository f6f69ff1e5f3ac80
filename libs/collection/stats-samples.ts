import { knownMetric, type MetricSample } from '../domain/index.js';
import { figureOf, readJsonObject } from './read-answer.js';

type Series = readonly [name: string, labels?: Readonly<Record<string, string>>];

/** What `/metrics` of later servers calls the figures of `/stats`, by their flat keys. */
const SERIES: Readonly<Record<string, Series>> = {
  'proc-cpu': ['proc_cpu'],
  'proc-mem': ['proc_mem_bytes', { kind: 'working-set' }],
  'proc-threadsCount': ['proc_thread_count'],
  'proc-gc-timeInGc': ['gc_time_in_gc'],
  'proc-gc-totalBytesInHeaps': ['gc_heap_size_bytes'],
  'proc-diskIo-readBytes': ['disk_io_bytes', { activity: 'read' }],
  'proc-diskIo-writtenBytes': ['disk_io_bytes', { activity: 'written' }],
  'proc-diskIo-readOps': ['disk_io_operations', { activity: 'read' }],
  'proc-diskIo-writeOps': ['disk_io_operations', { activity: 'written' }],
  'sys-cpu': ['sys_cpu'],
  'sys-loadavg-1m': ['sys_load_avg', { period: '1m' }],
  'sys-loadavg-5m': ['sys_load_avg', { period: '5m' }],
  'sys-loadavg-15m': ['sys_load_avg', { period: '15m' }],
  'sys-freeMem': ['sys_mem_bytes', { kind: 'free' }],
  'sys-totalMem': ['sys_mem_bytes', { kind: 'total' }],
  'es-checksumNonFlushed': ['checkpoints', { name: 'writer', read: 'non-flushed' }],
};
const DRIVE = /^sys-drive-(.+)-(usedBytes|totalBytes)$/;
const MAX_MOUNT_CHARS = 500;

/**
 * The wanted samples in an answer to `/stats?group=false`, by the names that `/metrics` has from 23.6 on: for servers
 * that have none. A figure that is negative is missing, and a drive without a size could not be read.
 * Throws `UnreadableAnswer`.
 */
export function* statsSamples(body: string, isWanted: (name: string) => boolean): Generator<MetricSample> {
  const answer = readJsonObject(body);
  for (const [key, given] of Object.entries(answer)) {
    const series = Object.hasOwn(SERIES, key) ? SERIES[key] : driveSeries(key, answer);
    const value = figureOf(given);
    if (series === undefined || value === null) continue;
    const [name, labels = {}] = series;
    const known = knownMetric(name);
    if (known !== undefined && isWanted(name))
      yield { name, labels, value, type: known.type, origin: known.origin };
  }
}

function driveSeries(key: string, answer: Readonly<Record<string, unknown>>): Series | undefined {
  const [, disk = '', figure] = DRIVE.exec(key) ?? [];
  if (disk === '' || disk.length > MAX_MOUNT_CHARS || !figureOf(answer[`sys-drive-${disk}-totalBytes`]))
    return undefined;
  return ['sys_disk_bytes', { disk, kind: figure === 'usedBytes' ? 'used' : 'total' }];
}
