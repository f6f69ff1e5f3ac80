import type { OutcomeKind } from '../domain/index.js';
import type {
  DeliveringSink,
  SinkConfig,
  SinkEnvironment,
  SinkSecrets,
  SinkSettings,
} from '../sinks/index.js';

/** A running stand-in, and what a sink needs to reach it. One is started for every test. */
export interface SinkRig {
  readonly config: SinkConfig;
  /** Every one of them is searched for in everything that comes out. */
  readonly secrets: SinkSecrets;
  readonly environment: SinkEnvironment;
  /** What a person sees at the sink now, one text per message or alert, each holding all that it shows. */
  shown(): readonly string[];
  /** How many requests have come in. */
  requestCount(): number;
  /** Gives the next `count` requests no answer. */
  hold(count: number): void;
  /** Resolves when so many requests have come in altogether. */
  whenRequested(count: number): Promise<void>;
  /** Opens again what was closed, as somebody at the sink would. Needed of sinks that are read back. */
  openAgain?(): void;
  /** Makes every later request be taken and not judged, until it is let go. Needed of sinks that give receipts. */
  withholdVerdicts?(): () => void;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** One row of the vendor's table of answers: what the sink makes of it when it posts, and when it updates. */
export interface AnswerRow<Rig extends SinkRig> {
  readonly name: string;
  /** Makes the sink's next request meet this answer. */
  readonly arrange: (rig: Rig) => void | Promise<void>;
  readonly open: OutcomeKind;
  readonly update: OutcomeKind;
  /** When it answers the question for a verdict; needed of sinks that give receipts. */
  readonly confirm?: OutcomeKind;
  /** Of a throttled outcome. */
  readonly waitMs?: number;
}

export interface SinkConformance<Rig extends SinkRig> {
  readonly definition: DeliveringSink;
  readonly start: () => Promise<Rig>;
  /** What it sends is taken first and judged later. */
  readonly givesReceipts?: boolean;
  readonly answers: readonly AnswerRow<Rig>[];
  /** Settings by which a sink reads back in other ways; without any only its usual one is tried. */
  readonly readBackSettings?: readonly SinkSettings[];
}
