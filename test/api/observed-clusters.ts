import {
  toKeptLook,
  type ClusterLook,
  type NodeObservations,
  type Round,
} from '../../libs/detection/index.js';
import { ObservationStore } from '../../libs/persistence/index.js';
import type { ApiApp } from './api-app.js';

/** A cluster as the API answered it, as far as looks are made of it. */
export interface RegisteredCluster {
  readonly id: string;
  readonly name: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly address: string;
    readonly cores: number | null;
    readonly memoryBytes: number | null;
  }[];
}

/** Keeps a round of the cluster as the collector does; observations by the place of the node in the cluster. */
export async function keepRound(
  { database }: ApiApp,
  { id: clusterId, name, nodes }: RegisteredCluster,
  round: Round,
  at: Date,
  observations: readonly NodeObservations[],
): Promise<void> {
  const look: ClusterLook = {
    cluster: { name },
    at,
    nodes: nodes.map(({ id, address, cores, memoryBytes }, index) => ({
      node: { id, address, cores, memoryBytes },
      observations: observations[index] ?? {},
    })),
  };
  const kept = { clusterId, round, at, look: toKeptLook(look, {}) };
  await database.transaction((tx) => new ObservationStore().append(tx, kept));
}
