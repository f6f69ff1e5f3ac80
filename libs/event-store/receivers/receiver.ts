import type { z } from 'zod';
import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import type { LineProtocolError, Point } from '../line-protocol/index.js';
import type { EventStoreStats } from '../stats/index.js';

/** What `process_messages` make of a point; undefined when they drop it. Throws nothing. */
export type PointProcessor = (point: Point) => Point | undefined;

/** Where lines are from. */
export interface LineOptions {
  /** Of lines that name no cluster: the request's parameter, or a receiver's setting. */
  readonly cluster?: string | undefined;
  /** As `cluster`, when there is none of that either: the first of several tokens of a NATS subject. */
  readonly subjectCluster?: string | undefined;
  readonly process?: PointProcessor | undefined;
}

/** Where receivers put what they receive. Everything is durable when a method resolves. */
export interface ReceiverIntake {
  /**
   * Stores every line of a body, or none. Throws a `LineProtocolError` for the first line that cannot be read or has no
   * cluster, `IntakeFull` when too much is waiting, `StorageUnavailable` when nothing can be stored at the moment, and a
   * `StorageRefused` when these lines cannot be stored at all.
   */
  write(body: Buffer, options: LineOptions): Promise<void>;
  /** As `write`, but lines that cannot be read are left out, counted, and returned: their neighbours are stored. */
  writeReadable(body: Buffer, options: LineOptions): Promise<readonly LineProtocolError[]>;
  /** As `write`, of points. Those that have no cluster are left out, counted and logged. */
  writePoints(points: readonly Point[], options: LineOptions): Promise<void>;
}

export interface ReceiverParts {
  /** As the configuration calls it. */
  readonly name: string;
  readonly intake: ReceiverIntake;
  /** Of its `process_messages`. */
  readonly process: PointProcessor | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Counts messages and bodies that were dropped, refused or lost. */
  readonly stats?: Pick<EventStoreStats, 'count'> | undefined;
}

/** Something that lines come in by. */
export interface Receiver {
  /** Resolves when it listens, or does all it can to. Rejects with a sentence when its configuration cannot work. */
  start(): Promise<void>;
  /** Takes in nothing more, waits for what is under way, and answers it. */
  stop(): Promise<void>;
}

/** A kind of receivers: one folder, and one line in the catalog. */
export interface ReceiverKind<Settings = unknown> {
  /** `type` of the configuration. */
  readonly type: string;
  /** Its keys, besides `type` and `process_messages`, with their defaults. Keys beyond these are warned of by the loader. */
  readonly schema: z.ZodObject & z.ZodType<Settings>;
  create(settings: Settings, parts: ReceiverParts): Receiver;
}
