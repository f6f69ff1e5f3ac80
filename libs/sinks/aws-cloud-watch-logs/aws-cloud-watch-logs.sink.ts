import type { Outcome } from '../../domain/index.js';
import type { AwsAnswer, AwsFailure } from '../aws.client.js';
import type { AwsCredentials } from '../aws.credentials.js';
import { replyOf } from '../aws.service.js';
import { answerText, requestRecord, requestShape } from '../request-record.js';
import type { SinkCall, SinkReply, TestReport } from '../sink.js';
import type { Packing, StreamLine, Window } from '../stream-sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { missingGroup, notThereYet, refusedEvents, unmade } from './aws-cloud-watch-logs.classify.js';
import { LogsClient } from './aws-cloud-watch-logs.client.js';
import { packLines, splitLines, type LogParcel } from './aws-cloud-watch-logs.pack.js';
import { probe } from './aws-cloud-watch-logs.probe.js';
import type { LogsConfig, LogsSettings } from './aws-cloud-watch-logs.schema.js';

const CALL = 'PutLogEvents';

const codeOf = (outcome: Outcome): string | undefined => ('code' in outcome ? outcome.code : undefined);
const isMissing = (answer: AwsAnswer<unknown>): answer is AwsFailure =>
  !answer.ok && codeOf(answer.outcome) === 'ResourceNotFound';
const isThere = (answer: AwsAnswer<unknown>): boolean =>
  answer.ok || codeOf(answer.outcome) === 'ResourceAlreadyExists';

/** Packs, puts, makes streams that are not there: one integration's line to one log group. */
export class AwsCloudWatchLogsSink implements StreamLine<LogParcel> {
  readonly #config: LogsConfig;
  readonly #settings: LogsSettings;
  readonly #credentials: AwsCredentials;
  readonly #endpoint: string | undefined;
  readonly #client: LogsClient;
  /** Streams made over this connection and not written to since. */
  readonly #fresh = new Set<string>();

  constructor(
    config: LogsConfig,
    settings: LogsSettings,
    credentials: AwsCredentials,
    endpoint: string | undefined,
  ) {
    this.#config = config;
    this.#settings = settings;
    this.#credentials = credentials;
    this.#endpoint = endpoint;
    this.#client = new LogsClient(config, credentials, endpoint, 'sending');
  }

  pack(window: Window): Packing<LogParcel> {
    return packLines(window, this.#settings.minimumLevel);
  }

  split(parcel: LogParcel): readonly [LogParcel, LogParcel] {
    return splitLines(parcel);
  }

  async send(parcel: LogParcel, { signal }: Pick<SinkCall, 'signal'>): Promise<SinkReply> {
    const first = await this.#client.put(parcel, signal);
    if (!isMissing(first)) return this.#settled(first, parcel);
    const failure = await this.#make(parcel.stream, first, signal);
    if (failure) return this.#refused(failure, parcel);
    const second = await this.#client.put(parcel, signal);
    if (!isMissing(second)) return this.#settled(second, parcel);
    return this.#refused({ ...second, outcome: notThereYet(parcel.stream) }, parcel);
  }

  async test({ signal }: Pick<SinkCall, 'signal'>): Promise<TestReport> {
    const client = new LogsClient(this.#config, this.#credentials, this.#endpoint, 'asking');
    try {
      const report = await probe(client, this.#config, this.#settings, signal);
      return withoutSecrets(report, this.#credentials.secrets);
    } finally {
      client.close();
    }
  }

  close(): void {
    this.#client.close();
  }

  /** Makes the stream, and the group if that is wanted. Undefined when it is there, or what failed. */
  async #make(stream: string, missing: AwsFailure, signal: AbortSignal): Promise<AwsFailure | undefined> {
    // AWS may need a moment: making it again and again would only use up what the account may make in a second.
    if (this.#fresh.delete(stream)) return { ...missing, outcome: notThereYet(stream) };
    let made: AwsAnswer<unknown> = await this.#client.createStream(stream, signal);
    if (isMissing(made)) {
      if (!this.#settings.createLogGroup) return { ...made, outcome: missingGroup(this.#config) };
      const group = await this.#client.createGroup(signal);
      if (!isThere(group))
        return this.#unmade(group as AwsFailure, `the log group ${this.#config.groupName}`);
      made = await this.#client.createStream(stream, signal);
    }
    if (!isThere(made)) return this.#unmade(made as AwsFailure, `the log stream ${stream}`);
    this.#fresh.add(stream);
    return undefined;
  }

  /** Nothing of the lines was taken, and nothing is wrong with them: they are not rejected. */
  #unmade(failure: AwsFailure, what: string): AwsFailure {
    const { outcome } = failure;
    if (outcome.kind === 'rejected') return { ...failure, outcome: unmade(what, outcome.code) };
    if (outcome.kind === 'gone') return { ...failure, outcome: notThereYet(what) };
    return failure;
  }

  #settled(answer: Awaited<ReturnType<LogsClient['put']>>, parcel: LogParcel): SinkReply {
    if (!answer.ok) return this.#refused(answer, parcel);
    const { rejectedLogEventsInfo, $metadata } = answer.output;
    const { stream, events } = parcel;
    this.#fresh.delete(stream);
    const { httpStatusCode: httpStatus } = $metadata;
    const reply = {
      ...(httpStatus === undefined ? {} : { httpStatus }),
      requestShape: requestShape(CALL, this.#client.contentOf(parcel)),
    };
    const rejected = refusedEvents(rejectedLogEventsInfo, events.length);
    if (rejected.length > 0)
      return {
        outcome: { kind: 'partial', rejected },
        ...reply,
        answer: answerText(JSON.stringify({ rejectedLogEventsInfo })),
      };
    const ref = { logGroup: this.#config.groupName, logStream: stream };
    return { outcome: { kind: 'delivered', ref }, ...reply };
  }

  /** Only of what failed is there a digest: to take one of every megabyte that goes well would be for nobody. */
  #refused(failure: AwsFailure, parcel: LogParcel): SinkReply {
    const reply = replyOf(failure);
    return failure.isBegun ? { ...reply, ...requestRecord(CALL, this.#client.contentOf(parcel)) } : reply;
  }
}
