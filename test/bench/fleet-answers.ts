import { readFileSync } from 'node:fs';
import { hostOf } from './fleet-addresses.js';

const NODES = 3;
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/eventstore/${name}`);

/** Answers of real size: a whole `/stats` of a server (16 kB) and a whole `/metrics` page (23 kB). */
export const STATS_BODY = JSON.stringify({
  ...(JSON.parse(fixture('stats-event-ungrouped-docs.json').toString()) as object),
  'sys-loadavg-1m': 1.2,
  'sys-freeMem': 8e9,
  'sys-totalMem': 16e9,
  'sys-drive-/data-availableBytes': 6e11,
  'sys-drive-/data-totalBytes': 1e12,
});
export const METRICS_BODY = fixture('metrics-kurrentdb-shape-synthetic.txt');
export const INFO_BODY = fixture('info-26.1.json');

/**
 * As 24.10 answers. Every second cluster is being written to: its leader goes on by a megabyte a second, and its
 * followers are half a second behind, so that they have to be asked twice.
 */
export function gossipBody({ cluster, node }: { cluster: number; node: number }, port: number): string {
  const isBusy = cluster % 2 === 1;
  const members = Array.from({ length: NODES }, (_, index) => {
    const lagMs = index === 0 ? 0 : 500;
    const position = isBusy ? Math.floor((Date.now() - lagMs) * 1_000) : 101_017;
    return row(hostOf(cluster, index), port, index === 0 ? 'Leader' : 'Follower', position);
  });
  return JSON.stringify({ members, serverIp: hostOf(cluster, node), serverPort: port });
}

const row = (host: string, port: number, state: string, position: number) => ({
  instanceId: 'f72a02ff-e4c5-468b-a4fc-e4ba66dde9f0',
  timeStamp: '2026-01-01T00:00:00.0000000Z',
  state,
  isAlive: true,
  internalTcpIp: host,
  internalTcpPort: 1112,
  internalSecureTcpPort: 0,
  externalTcpIp: host,
  externalTcpPort: 0,
  externalSecureTcpPort: 0,
  internalHttpEndPointIp: host,
  internalHttpEndPointPort: port,
  httpEndPointIp: host,
  httpEndPointPort: port,
  lastCommitPosition: position,
  writerCheckpoint: position,
  chaserCheckpoint: position,
  epochPosition: 1_963,
  epochNumber: 3,
  epochId: '3e15906c-598b-4146-846e-b8b4bf35e72a',
  nodePriority: 0,
  isReadOnlyReplica: false,
  esVersion: '24.10.4',
});
