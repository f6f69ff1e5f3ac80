/**
 * Whoever acts on changes of clusters; the collection binds what schedules the polls. Called after the commit: a crash in
 * between loses the call, so the implementation must also compare with the database from time to time.
 * A throw is logged and does not fail the request that made the change.
 */
export abstract class ClusterObserver {
  /** It was registered, changed (also its nodes) or removed, as the database now says. */
  abstract clusterChanged(clusterId: string): Promise<void>;
}
