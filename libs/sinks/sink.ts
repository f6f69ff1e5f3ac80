import type { z } from 'zod';
import type { Clock, Issue, Notification, Outcome, RemoteRef, Source } from '../domain/index.js';

/** What an issue's message shows: the issue as it is now, and the names behind its ids. */
export interface IssueCard {
  readonly issue: Issue;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
  readonly projectName: string;
}

/** What a notification's message shows. */
export interface NotificationCard {
  readonly notification: Notification;
  readonly clusterName: string | null;
  readonly projectName: string;
}

/** One call to a sink, as the caller bounds it. */
export interface SinkCall {
  /** Identity of the delivery; goes with every post, so that a lost one can be found again. No secret. */
  readonly deliveryId: string;
  /** An earlier post of the same thing may have landed: the message must say so. */
  readonly possibleDuplicate: boolean;
  /** Aborted at the deadline. An abort after bytes were sent ends as `ambiguous`. */
  readonly signal: AbortSignal;
}

/** A call's end, with what may be recorded of it. */
export interface SinkReply {
  readonly outcome: Outcome;
  /** Status of the HTTP answer; absent when there was none. */
  readonly httpStatus?: number;
  /** SHA-256 (hex) of the request's content without credentials; absent when nothing was sent. */
  readonly requestDigest?: string;
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

/** What a connection test found. It leaves nothing at the sink that a person would see. */
export interface TestReport {
  readonly ok: boolean;
  /** Sentences a person can act on: what works, what is missing, what could not be checked. */
  readonly findings: readonly string[];
  /** Of a test that failed: why. */
  readonly outcome?: Outcome;
}

/**
 * One integration's line to its sink, with its configuration and credentials inside. A plain object without
 * database, queue or framework. Never throws for what a sink answers.
 */
export interface SinkConnection {
  /** Tries credentials and configuration. Leaves nothing at the sink that a person would see. */
  test(call: Pick<SinkCall, 'signal'>): Promise<TestReport>;
}

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
  /** Looks for a message of this delivery, posted at `since` or later, whose post had no verdict. */
  recover(since: Date, call: SinkCall): Promise<Recovery>;
}

/** What a sink needs of its surroundings. */
export interface SinkEnvironment {
  /** Base URL set by the operator instead of the vendor's; tenants can never choose it. */
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
}

/** The public members of `data`, as stored and shown. */
export type SinkConfig = Readonly<Record<string, unknown>>;
/** The write-only members of `data`. Stored encrypted, never shown. */
export type SinkSecrets = Readonly<Record<string, string>>;

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
  readonly supportsTest: boolean;
  /** Setting by which the operator puts another base URL in the vendor's place: `SLACK_API_URL`. */
  readonly apiUrlSetting: string;
}

/** A sink that gets what its integrations owe it: it has a queue and workers. */
export interface DeliveringSink extends SinkBasics {
  readonly delivers: true;
  /** Throws when configuration or secrets do not fit their schemas. */
  connect(config: SinkConfig, secrets: SinkSecrets, environment: SinkEnvironment): Sink;
}

/** A sink whose integrations can be kept and tested, but which nothing is delivered to yet: nothing is owed to it. */
export interface TestedSink extends SinkBasics {
  readonly delivers: false;
  /** Throws when configuration or secrets do not fit their schemas. */
  connect(config: SinkConfig, secrets: SinkSecrets, environment: SinkEnvironment): SinkConnection;
}

/**
 * Everything the hub knows of a sink. API forms, masking, OpenAPI and queue names derive from it:
 * a new sink is one folder that exports one of these, and one line in `catalog.ts`.
 */
export type SinkDefinition = DeliveringSink | TestedSink;
