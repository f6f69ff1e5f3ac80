import type { z } from 'zod';
import type { Clock, Receipt, RemoteRef, Source } from '../domain/index.js';
import type { IssueCard, NotificationCard, StormCard } from './cards.js';
import type { SinkConnection, SinkReply } from './sink-reply.js';
import type { CostProjection, ProjectedCluster, StreamLine, StreamTraits } from './stream-sink.js';

export * from './sink-reply.js';

/** One call to a sink, as the caller bounds it. */
export interface SinkCall {
  /** Identity of the delivery; goes with every post, so that a lost one can be found again. No secret. */
  readonly deliveryId: string;
  /** An earlier post of the same thing may have landed: the message must say so. */
  readonly possibleDuplicate: boolean;
  /** Aborted at the deadline. An abort after bytes were sent ends as `ambiguous`. */
  readonly signal: AbortSignal;
}

/** Whether a thing that was closed at the sink still is; `state` is there when the outcome is `delivered`. */
export interface ReadBack extends SinkReply {
  readonly state?: 'open' | 'closed';
}

/** How often something may be called at the most, all dispatchers together: `burst` at once, then one every `everyMs`. */
export interface Pace {
  /** What is bounded; the same for all that share the bound. Holds no secret. */
  readonly key: string;
  readonly everyMs: number;
  readonly burst: number;
}

/** What a search for a message whose post had no verdict found. */
export type Recovery =
  | { readonly kind: 'found'; readonly ref: RemoteRef }
  /** It surely never landed. */
  | { readonly kind: 'absent' }
  /** This credential may not search; the sink does answer, though. */
  | { readonly kind: 'unable' }
  /** The search itself failed; nothing may be posted on the strength of it. */
  | { readonly kind: 'failed'; readonly reply: SinkReply };

/** A connection over which issues and notifications go. Every call ends in a reply with an outcome. */
export interface Sink extends SinkConnection {
  /** Shows the issue for the first time, or again after its message is gone. Not idempotent. */
  open(card: IssueCard, call: SinkCall): Promise<SinkReply>;
  /** Makes the message at `ref` show the issue as it is now. Idempotent. */
  update(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply>;
  /** Makes the message at `ref` show the closed issue. Idempotent. */
  close(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply>;
  /** Sends a notification, once. Not idempotent. */
  notify(card: NotificationCard, call: SinkCall): Promise<SinkReply>;
  /**
   * Looks for a message of this delivery, posted at `since` or later, whose post had no verdict. Never called for a sink
   * that is `keyed`.
   */
  recover(since: Date, call: SinkCall): Promise<Recovery>;
  /**
   * Asks what became of a request that ended `ambiguous` with this receipt. Ends as that request would have ended; with
   * the same receipt again when there is still no verdict. Needed of sinks that give receipts.
   */
  confirm?(receipt: Receipt, call: SinkCall): Promise<SinkReply>;
  /** Reads the state of what was closed at `ref`. Needed of sinks that are `readBack`. */
  readBack?(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<ReadBack>;
  /** Shows many issues in one message, at `ref` when it stands already. Needed of sinks that summarise storms. */
  summarise?(card: StormCard, ref: RemoteRef | null, call: SinkCall): Promise<SinkReply>;
  /** How fast it may be called; without a pace as fast as it goes. */
  readonly pace?: { readonly open?: Pace; readonly update?: Pace };
}

/** How a sink's things behave, as far as delivery has to know. */
export interface SinkTraits {
  /** Everything that opens carries a key: sent twice it is there once. What got no verdict is simply sent again. */
  readonly keyed: boolean;
  /** A closed issue that was never shown is worth showing; false where that would page somebody. */
  readonly showsClosed: boolean;
  /** What was closed is read back, right after and ten minutes later. */
  readonly readsBack: boolean;
  /** Many issues that open at once are shown in one message. */
  readonly summarisesStorms: boolean;
}

/** What a sink needs of its surroundings. */
export interface SinkEnvironment {
  /** Base URL set by the operator instead of the vendor's; tenants can never choose it. */
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
  /** Of the integration; absent while it is not saved. */
  readonly integrationId?: string;
  /** All settings of the process, for those that a sink itself has. */
  readonly processSettings?: Readonly<Record<string, unknown>>;
}

/** The public members of `data`, as stored and shown. */
export type SinkConfig = Readonly<Record<string, unknown>>;
/** The write-only members of `data`. Stored encrypted, never shown. */
export type SinkSecrets = Readonly<Record<string, string>>;
/** What an integration's `settings` hold for its sink, beside the contract's `data`. */
export type SinkSettings = Readonly<Record<string, unknown>>;

interface SinkBasics {
  /** The `sink` discriminator in `data`: `slack`. Also names the queue `sink.<kind>`. */
  readonly kind: string;
  /** For people: `Slack`. */
  readonly label: string;
  readonly sources: readonly Source[];
  /** When a client names none. */
  readonly defaultSource: Source;
  /** Public members of `data` besides `sink` and `source`. */
  readonly config: z.ZodObject;
  /** Write-only members of `data`, all strings. */
  readonly secrets: z.ZodObject;
  /** For each secret the name under which a masked form is shown: `{ token: 'tokenDisplay' }`. */
  readonly display: Readonly<Record<string, string>>;
  /** Members of the integration's `settings` that are this sink's own; each with a default, or optional. */
  readonly settings: z.ZodObject;
  readonly supportsTest: boolean;
  /** Setting by which the operator puts another base URL in the vendor's place: `SLACK_API_URL`. */
  readonly apiUrlSetting: string;
}

/** A sink of issues and notifications: each is a thing of its own there. */
export interface DeliveringSink extends SinkBasics {
  readonly delivers: 'things';
  readonly traits: SinkTraits;
  /** Throws when configuration, secrets or settings do not fit their schemas. Members of `settings` that are not its own are ignored. */
  connect(
    config: SinkConfig,
    secrets: SinkSecrets,
    environment: SinkEnvironment,
    settings?: SinkSettings,
  ): Sink;
}

/** A sink of logs or metrics: it gets whole streams, stretch by stretch. */
export interface StreamSink extends SinkBasics {
  readonly delivers: 'streams';
  readonly streamTraits: StreamTraits;
  /** As of a `DeliveringSink`. */
  connect(
    config: SinkConfig,
    secrets: SinkSecrets,
    environment: SinkEnvironment,
    settings?: SinkSettings,
  ): StreamLine;
  /** Settings that the hub gives each integration and nobody changes; shown with the others. No secrets. */
  readonly given?: (integrationId: string) => Readonly<Record<string, string>>;
  /**
   * What an integration for these clusters is going to cost, before it is saved. Pure; throws as `connect` does. Needed of
   * sinks that bill what they are given by its variety.
   */
  readonly project?: (
    config: SinkConfig,
    settings: SinkSettings,
    clusters: readonly ProjectedCluster[],
  ) => CostProjection;
}

/**
 * Everything the hub knows of a sink. API forms, masking, OpenAPI and queue names derive from it:
 * a new sink is one folder that exports one of these, and one line in `catalog.ts`.
 */
export type SinkDefinition = DeliveringSink | StreamSink;
