import type { Failure, StreamEntry } from '../domain/index.js';
import type { SinkConnection, SinkReply } from './sink-reply.js';

/** The cluster that a stream is of. */
export interface StreamPlace {
  /** Null for a cluster that is not registered. */
  readonly clusterId: string | null;
  readonly clusterName: string;
}

/** What there is to be packed: a stretch of one stream, in its order, without what is settled already. */
export interface Window {
  readonly place: StreamPlace;
  readonly entries: readonly StreamEntry[];
  /** What was remembered with what was settled before. */
  readonly memory: Memory;
  readonly now: Date;
  /** Nothing more of the stream is stored than this: what could wait for more to come may. */
  readonly isAll: boolean;
}

/** What a sink remembers of a stream between two windows, by keys of its own. Plain JSON, bounded, without secrets. */
export type Memory = Readonly<Record<string, unknown>>;

/** The contents of one call. Plain data; a sink adds members of its own. */
export interface Parcel {
  /** Calls of one lane go one after the other, in the order of their parcels; lanes go side by side. */
  readonly lane: string;
  /** The entries that it carries, by their `seq`. */
  readonly seqs: readonly number[];
  /**
   * What can be refused by itself, each with the entries in it, in the order of `partial.rejected[].index`. Absent: every
   * entry is an item. Of an item that is delivered its last entry counts as delivered, the others as coalesced.
   */
  readonly items?: readonly (readonly number[])[];
  /** Latest time of its entries, in milliseconds since 1970. */
  readonly newestMs: number;
  /** Laid over the memory when it is settled, however that ends; a member that is null removes its key. */
  readonly memory?: Memory;
}

/** Entries that need no call. */
export interface Settlement {
  readonly seqs: readonly number[];
  /** `rejected`: the sink would refuse it for good. `suppressed`: the integration does not want it. `coalesced`: it is a part of what another shows. */
  readonly end: 'rejected' | 'suppressed' | 'coalesced' | 'expired';
  /** Of what is rejected: why. */
  readonly failure?: Failure;
  readonly memory?: Memory;
}

/** What becomes of a window. An entry that is in none of both waits, and is in the next window again. */
export interface Packing<Parcelled extends Parcel = Parcel> {
  readonly parcels: readonly Parcelled[];
  readonly settled: readonly Settlement[];
  /** When what waits can go at the latest; absent when nothing waits. */
  readonly waitUntil?: Date;
}

/** One integration's line to a sink that takes streams. A plain object without database, queue or framework. */
export interface StreamLine<Parcelled extends Parcel = Parcel> extends SinkConnection {
  /** Pure. Keeps all the sink's limits, and the order of the entries within a lane. */
  pack(window: Window): Packing<Parcelled>;
  /** One call. Never throws for what the sink answers. `rejected` is of the parcel as a whole: nothing of it was taken. */
  send(parcel: Parcelled, call: { readonly signal: AbortSignal }): Promise<SinkReply>;
  /** Pure. Two halves of a parcel with more than one item, to find out which item the sink refuses. */
  split(parcel: Parcelled): readonly [Parcelled, Parcelled];
  /** Frees what it holds open; not used after that. */
  close(): void;
}

/** How a sink's streams behave, as far as delivery has to know. */
export interface StreamTraits {
  /** Least time between two calls of a lane while nothing has piled up, in milliseconds. */
  readonly restMs: number;
  /** What got no verdict is sent again: `always`, for twice does no harm worth a loss, or only `once`. */
  readonly resends: 'always' | 'once';
  /** What is older than this, and has been failing for longer, is given up, in milliseconds; null for as long as it is stored. */
  readonly triedForMs: number | null;
}

/** A cluster, as far as the costs of its metrics depend on it. */
export interface ProjectedCluster {
  readonly name: string;
  readonly nodes: number;
}

/** About what an integration is going to cost at its sink. */
export interface CostProjection {
  /** Sets of a name and dimensions that are billed one by one. */
  readonly customMetrics: number;
  readonly byNamespace: Readonly<Record<string, number>>;
  readonly perCluster: readonly (ProjectedCluster & { readonly customMetrics: number })[];
  /** In US dollars, with cents. */
  readonly monthlyUsd: number;
  /** Sentences: what the figures rest on. */
  readonly assumptions: readonly string[];
}
