import { createHash } from 'node:crypto';
import type { ClusterModel } from './cluster-model.js';
import type { ServerVersion } from './server-version.js';

/** One node's place in the cluster. */
export interface Place {
  readonly model: ClusterModel;
  readonly version: ServerVersion;
  readonly index: number;
  /** Ports of all nodes, by index. */
  readonly ports: readonly number[];
  readonly mount: string;
  readonly diskTotalBytes: number;
  readonly memoryTotalBytes: number;
  /** With a licence the server hands out its log files. */
  readonly isLicensed: boolean;
}

/** The same GUID for the same text. */
export function guidOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
