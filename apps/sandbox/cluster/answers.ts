import { createHash } from 'node:crypto';
import type { ClusterModel, SeenMember } from './cluster-model.js';

const VERSION = '24.10.4';
const TOTAL_MEMORY_BYTES = 16_000_000_000;

/** One node's place in the cluster. */
export interface Place {
  readonly model: ClusterModel;
  readonly index: number;
  /** Ports of all nodes, by index. */
  readonly ports: readonly number[];
  readonly mount: string;
  readonly diskTotalBytes: number;
}

/** `/gossip` with the fields of 24.10, rows by HTTP endpoint descending as the servers order them. */
export function gossipAnswer(place: Place) {
  const rows = place.model.seenBy(place.index).map((seen) => memberRow(place, seen));
  const members = rows.toSorted((one, other) => other.httpEndPointPort - one.httpEndPointPort);
  return { members, serverIp: '127.0.0.1', serverPort: place.ports[place.index] };
}

function memberRow({ model, ports }: Place, { index, state, isAlive }: SeenMember) {
  const port = ports[index] ?? 0;
  return {
    instanceId: guidOf(`instance ${port}`),
    timeStamp: `${new Date().toISOString().slice(0, -1)}0000Z`,
    state,
    isAlive,
    internalTcpIp: '127.0.0.1',
    internalTcpPort: 1112,
    internalSecureTcpPort: 0,
    externalTcpIp: '127.0.0.1',
    externalTcpPort: 0,
    externalSecureTcpPort: 0,
    internalHttpEndPointIp: '127.0.0.1',
    internalHttpEndPointPort: port,
    httpEndPointIp: '127.0.0.1',
    httpEndPointPort: port,
    lastCommitPosition: 85_117,
    writerCheckpoint: 101_017,
    chaserCheckpoint: 101_017,
    epochPosition: 1_963 * model.epochNumber,
    epochNumber: model.epochNumber,
    epochId: guidOf(`epoch ${model.epochNumber}`),
    nodePriority: 0,
    isReadOnlyReplica: false,
    esVersion: VERSION,
  };
}

export const infoAnswer = ({ model, index }: Place, isSecured: boolean) => ({
  esVersion: VERSION,
  state: (model.nodes[index]?.state ?? 'Unknown').toLowerCase(),
  features: { projections: true, userManagement: isSecured, atomPub: true },
  authentication: { type: isSecured ? 'internal' : 'insecure', properties: isSecured ? null : [] },
});

/** `/stats?group=false`: flat keys; `usage` is a whole number, as from 24.6 on. */
export function flatStats({ model, index, mount, diskTotalBytes }: Place): Record<string, unknown> {
  const percent = model.nodes[index]?.diskPercent ?? 0;
  const usedBytes = Math.round((diskTotalBytes * percent) / 100);
  return {
    'proc-startTime': '2026-01-01T00:00:00.0000000Z',
    'proc-id': 1_000 + index,
    'proc-mem': 494_968_832,
    'proc-cpu': 2.5,
    'proc-threadsCount': 40,
    'sys-cpu': 2.5,
    'sys-loadavg-1m': 0.42,
    'sys-loadavg-5m': 0.4,
    'sys-loadavg-15m': 0.38,
    'sys-freeMem': TOTAL_MEMORY_BYTES / 2,
    'sys-totalMem': TOTAL_MEMORY_BYTES,
    [`sys-drive-${mount}-availableBytes`]: diskTotalBytes - usedBytes,
    [`sys-drive-${mount}-totalBytes`]: diskTotalBytes,
    [`sys-drive-${mount}-usage`]: Math.floor(percent),
    [`sys-drive-${mount}-usedBytes`]: usedBytes,
    'es-checksum': 101_017,
    'es-checksumNonFlushed': 101_017,
    'es-queue-MainQueue-queueName': 'MainQueue',
    'es-queue-MainQueue-length': 0,
    'es-queue-MainQueue-currentIdleTime': '0:00:00:00.0123288',
    'es-queue-MainQueue-currentItemProcessingTime': null,
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

function guidOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
