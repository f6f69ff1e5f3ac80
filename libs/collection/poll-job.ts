import { ROUNDS, type Round } from '../detection/index.js';

/** Name of the queue of polls. */
export const COLLECTION_QUEUE = 'collection';

/** One round of one cluster is due. */
export interface PollJob {
  readonly clusterId: string;
  readonly round: Round;
}

/** Id of a cluster's schedule, and of its wake-ups, in the queue. */
export const jobId = (clusterId: string, round: Round): string => `${clusterId}.${round}`;

export const jobsOf = (clusterId: string): (PollJob & { readonly id: string })[] =>
  ROUNDS.map((round) => ({ id: jobId(clusterId, round), clusterId, round }));
