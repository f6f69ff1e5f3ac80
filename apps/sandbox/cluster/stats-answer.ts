import { diskOf, loadOf, memoryOf } from './host-state.js';
import type { Place } from './place.js';

/** `/stats?group=false`: flat keys. */
export function flatStats(place: Place): Record<string, unknown> {
  const { model, index, version } = place;
  const load = loadOf(place);
  const memory = memoryOf(place);
  const position = model.positionOf(index, model.nowMs());
  return {
    'proc-startTime': '2026-01-01T00:00:00.0000000Z',
    'proc-id': 1_000 + index,
    'proc-mem': 494_968_832,
    'proc-cpu': 2.5,
    ...(version.hasOldWords ? { 'proc-cpuScaled': 0.6 } : {}),
    'proc-threadsCount': 40,
    'proc-contentionsRate': -1,
    ...diskIo(place),
    'sys-cpu': 2.5,
    ...(load === null
      ? {}
      : { 'sys-loadavg-1m': load, 'sys-loadavg-5m': load * 0.9, 'sys-loadavg-15m': load * 0.8 }),
    ...(memory === null ? {} : { 'sys-freeMem': memory.freeBytes }),
    ...(memory === null || !version.hasTotalMemory ? {} : { 'sys-totalMem': memory.totalBytes }),
    ...driveStats(place),
    'es-checksum': position,
    'es-checksumNonFlushed': position,
    'es-queue-MainQueue-queueName': 'MainQueue',
    'es-queue-MainQueue-length': 0,
    'es-queue-MainQueue-currentIdleTime': '0:00:00:00.0123288',
    'es-queue-MainQueue-currentItemProcessingTime': null,
  };
}

/** Counters that begin anew with the process. */
function diskIo({ model, index }: Place): Record<string, number> {
  const seconds = Math.max(0, Math.floor((model.nowMs() - model.node(index).startedAtMs) / 1_000));
  return {
    'proc-diskIo-readBytes': seconds * 2_000,
    'proc-diskIo-writtenBytes': seconds * model.log.bytesPerSecond * 2,
    'proc-diskIo-readOps': seconds * 3,
    'proc-diskIo-writeOps': seconds * 5,
  };
}

/** A drive that cannot be read is called `Unknown` and full of zeros from 24.10 on; before that it is left out. */
function driveStats(place: Place): Record<string, unknown> {
  const { mount, version } = place;
  const disk = diskOf(place);
  if (disk === null && version.hasTextUsage) return {};
  const { totalBytes, usedBytes } = disk ?? { totalBytes: 0, usedBytes: 0 };
  const usage = totalBytes === 0 ? 0 : Math.floor((usedBytes / totalBytes) * 100);
  const prefix = `sys-drive-${disk === null ? 'Unknown' : mount}`;
  return {
    [`${prefix}-availableBytes`]: totalBytes - usedBytes,
    [`${prefix}-totalBytes`]: totalBytes,
    [`${prefix}-usage`]: version.hasTextUsage ? `${usage}%` : usage,
    [`${prefix}-usedBytes`]: usedBytes,
  };
}

/** `/stats`: the same, split at every hyphen, those of mount paths too; the servers do no better. */
export function groupedStats(place: Place): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(flatStats(place))) {
    const parts = key.split('-').map((part) => part.charAt(0).toLowerCase() + part.slice(1));
    const last = parts.pop() ?? '';
    let group = root;
    for (const part of parts) group = (group[part] ??= {}) as Record<string, unknown>;
    group[last] = value;
  }
  return root;
}
