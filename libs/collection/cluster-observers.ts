import { ClusterObserver } from '../clusters/index.js';

/** All who are told of a change of a cluster. */
export class ClusterObservers extends ClusterObserver {
  constructor(private readonly observers: readonly ClusterObserver[]) {
    super();
  }

  async clusterChanged(clusterId: string): Promise<void> {
    await Promise.all(this.observers.map((observer) => observer.clusterChanged(clusterId)));
  }
}
