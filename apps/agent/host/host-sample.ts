import { encodePoint } from '../../../libs/event-store/line-protocol/index.js';
import type { Disk } from './disks.js';
import type { Memory } from './memory.js';

/** The machine at one moment; what could not be found out is left out. */
export interface HostSample {
  readonly timeMs: number;
  /** Average over the last minute. */
  readonly load: number | undefined;
  readonly cores: number;
  readonly memory: Memory | undefined;
  readonly disks: readonly Disk[];
}

/** A sample as line protocol. */
export function encodeSample(
  { timeMs, load, cores, memory, disks }: HostSample,
  hostname: string,
): readonly string[] {
  const point = (name: string, tags: Readonly<Record<string, string>>, value: number): string =>
    encodePoint({ name, tags: { ...tags, hostname }, fields: { value }, timeMs });
  return [
    ...(load === undefined ? [] : [point('host_load_avg', { period: '1m' }, load)]),
    point('host_cores', {}, cores),
    ...(memory === undefined
      ? []
      : [
          point('host_mem_bytes', { kind: 'total' }, memory.totalBytes),
          point('host_mem_bytes', { kind: 'free' }, memory.freeBytes),
        ]),
    ...disks.flatMap(({ mount, totalBytes, usedBytes }) => [
      point('host_disk_bytes', { disk: mount, kind: 'total' }, totalBytes),
      point('host_disk_bytes', { disk: mount, kind: 'used' }, usedBytes),
    ]),
  ];
}
