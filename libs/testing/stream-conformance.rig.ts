import type { Arbitrary } from 'fast-check';
import type { NewEntry, OutcomeKind } from '../domain/index.js';
import type { SinkConfig, SinkEnvironment, SinkSecrets, SinkSettings, StreamSink } from '../sinks/index.js';

/** A running stand-in, and what a sink of streams needs to reach it. One is started for every test. */
export interface StreamRig {
  readonly config: SinkConfig;
  /** Every one of them is searched for in everything that comes out. */
  readonly secrets: SinkSecrets;
  readonly environment: SinkEnvironment;
  readonly settings?: SinkSettings;
  /** How many requests have come in. */
  requestCount(): number;
  /** Gives the next `count` requests no answer. */
  hold(count: number): void;
  /** Resolves when so many requests have come in altogether. */
  whenRequested(count: number): Promise<void>;
  /** How many entries the vendor holds now, each as often as it was taken. */
  heldCount(): number;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** One row of the vendor's table of answers: what the sink makes of it. */
export interface StreamAnswerRow<Rig extends StreamRig> {
  readonly name: string;
  /** Makes the sink's next request meet this answer. */
  readonly arrange: (rig: Rig) => void | Promise<void>;
  readonly ends: OutcomeKind;
  /** Of a throttled outcome. */
  readonly waitMs?: number;
  /** Of an outcome that has one. */
  readonly reason?: RegExp;
}

export interface StreamConformance<Rig extends StreamRig> {
  readonly definition: StreamSink;
  readonly start: () => Promise<Rig>;
  readonly answers: readonly StreamAnswerRow<Rig>[];
  /** The entry of this number, from 0, of one of at least two nodes; old enough at `now` that nothing has to wait. */
  readonly sample: (index: number, now: Date) => NewEntry;
  /** Entries that only have to be dealt with, whatever is in them: sent, or settled for a reason. */
  readonly hostile: (now: Date) => Arbitrary<NewEntry>;
  /** How many entries the vendor holds of so many samples; as many unless said otherwise. */
  readonly heldOf?: (samples: readonly NewEntry[]) => number;
}
