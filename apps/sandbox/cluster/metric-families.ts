import { ownState } from './cluster-view.js';
import { diskOf, loadOf, memoryOf } from './host-state.js';
import type { Place } from './place.js';

type Labels = Readonly<Record<string, string>>;

/** One metric of a page. */
export interface Family {
  /** As up to 24.10; `laterName` is that of 25.0 on, without `_total`. */
  readonly name: string;
  readonly laterName?: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  /** Labels and value, and of a histogram what is added to the name. */
  readonly series: readonly (readonly [Labels, number, ending?: string])[];
}

const READ_BYTES_PER_SECOND = 1_000;
const BYTES_PER_EVENT = 100;

/** All that the simulated servers measure. */
export const familiesOf = (place: Place): Family[] => [
  ...ofDatabase(place),
  ...ofProcess(place),
  ...ofMachine(place),
];

const family = (type: Family['type'], name: string, ...series: Family['series']): Family => ({
  name,
  type,
  series,
});

function ofDatabase({ model, index, version }: Place): Family[] {
  const position = model.positionOf(index, model.nowMs());
  const status = { name: 'Node', status: ownState(model, index) };
  const statusType = version.metrics === 'kurrentdb' ? 'gauge' : 'counter';
  const gossip = { activity: 'push-to-peer', status: 'successful' };
  return [
    family('gauge', 'checkpoints', [{ name: 'writer', read: 'non-flushed' }, position]),
    ...(version.countsElections
      ? [family('counter', 'elections_count', [{}, model.node(index).elections])]
      : []),
    family(statusType, 'statuses', [status, Math.floor(model.nowMs() / 1_000)]),
    family(
      'histogram',
      'gossip_latency_seconds',
      [{ ...gossip, le: '0.005' }, 8, '_bucket'],
      [{ ...gossip, le: '+Inf' }, 9, '_bucket'],
      [gossip, 0.05, '_sum'],
      [gossip, 9, '_count'],
    ),
  ];
}

/** Counters begin anew with the process. */
function ofProcess({ model, index }: Place): Family[] {
  const { startedAtMs, starts } = model.node(index);
  const seconds = Math.max(0, Math.floor((model.nowMs() - startedAtMs) / 1_000));
  const [read, written] = [seconds * READ_BYTES_PER_SECOND, seconds * model.log.bytesPerSecond];
  const events = (bytes: number): number => Math.floor(bytes / BYTES_PER_EVENT);
  const moved = (name: string, readValue: number, writtenValue: number): Family =>
    family('counter', name, [{ activity: 'read' }, readValue], [{ activity: 'written' }, writtenValue]);
  const pid = String(1_000 * starts + index);
  return [
    moved('io_bytes', read, written),
    moved('io_events', events(read), events(written)),
    moved('disk_io_bytes', read * 2, written * 2),
    moved('disk_io_operations', seconds * 3, seconds * 5),
    family('gauge', 'proc_cpu', [{}, 2.5]),
    family('gauge', 'proc_mem_bytes', [{ kind: 'working-set' }, 494_968_832]),
    { ...family('counter', 'proc_up_time', [{ pid }, seconds]), laterName: 'proc_up_time_seconds' },
    family('gauge', 'gc_pause_duration_max_seconds', [{ range: '16-20 seconds' }, 0.0485873]),
    {
      ...family('counter', 'gc_total_allocated', [{}, seconds * 1_000_000]),
      laterName: 'gc_allocated_bytes',
    },
    family('counter', 'incoming_grpc_calls', [{ kind: 'total' }, seconds]),
  ];
}

function ofMachine(place: Place): Family[] {
  const [load, memory, disk] = [loadOf(place), memoryOf(place), diskOf(place)];
  const families: Family[] = [];
  if (load !== null)
    families.push(
      family(
        'gauge',
        'sys_load_avg',
        [{ period: '1m' }, load],
        [{ period: '5m' }, load * 0.9],
        [{ period: '15m' }, load * 0.8],
      ),
    );
  if (memory !== null)
    families.push(
      family(
        'gauge',
        'sys_mem_bytes',
        [{ kind: 'free' }, memory.freeBytes],
        [{ kind: 'total' }, memory.totalBytes],
      ),
    );
  if (disk !== null)
    families.push(
      family(
        'gauge',
        'sys_disk_bytes',
        [{ disk: place.mount, kind: 'used' }, disk.usedBytes],
        [{ disk: place.mount, kind: 'total' }, disk.totalBytes],
      ),
    );
  return families;
}
