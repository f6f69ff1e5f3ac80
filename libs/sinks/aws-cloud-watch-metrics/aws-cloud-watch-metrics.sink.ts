import type { AwsCredentials } from '../aws.credentials.js';
import { replyOf } from '../aws.service.js';
import { requestRecord, requestShape } from '../request-record.js';
import type { SinkCall, SinkReply, TestReport } from '../sink.js';
import type { Packing, StreamLine, Window } from '../stream-sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { refusedData } from './aws-cloud-watch-metrics.classify.js';
import { MetricsClient } from './aws-cloud-watch-metrics.client.js';
import { packSamples } from './aws-cloud-watch-metrics.pack.js';
import { halvesOf, type MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';
import { probe } from './aws-cloud-watch-metrics.probe.js';
import { wantedBy, type MetricsConfig, type MetricsSettings } from './aws-cloud-watch-metrics.schema.js';

const CALL = 'PutMetricData';

/** Aggregates, puts, halves what is refused: one integration's line to its namespaces. */
export class AwsCloudWatchMetricsSink implements StreamLine<MetricsParcel> {
  readonly #config: MetricsConfig;
  readonly #settings: MetricsSettings;
  readonly #credentials: AwsCredentials;
  readonly #endpoint: string | undefined;
  readonly #client: MetricsClient;
  readonly #wants: (name: string) => boolean;

  constructor(
    config: MetricsConfig,
    settings: MetricsSettings,
    credentials: AwsCredentials,
    endpoint: string | undefined,
  ) {
    this.#config = config;
    this.#settings = settings;
    this.#credentials = credentials;
    this.#endpoint = endpoint;
    this.#client = new MetricsClient(config, credentials, endpoint, 'sending');
    this.#wants = wantedBy(settings);
  }

  pack(window: Window): Packing<MetricsParcel> {
    return packSamples(window, this.#wants);
  }

  split(parcel: MetricsParcel): readonly [MetricsParcel, MetricsParcel] {
    return halvesOf(parcel);
  }

  /** All data of a call are taken, or none: whatever is wrong with one of them, `rejected` is of the call. */
  async send(parcel: MetricsParcel, { signal }: Pick<SinkCall, 'signal'>): Promise<SinkReply> {
    const answer = await this.#client.put(parcel, signal);
    if (!answer.ok && !answer.isBegun) return replyOf(answer);
    const content = this.#client.contentOf(parcel);
    if (!answer.ok) {
      const outcome = refusedData(answer.outcome, answer.httpStatus, parcel.data.length);
      return { ...replyOf(answer), outcome, ...requestRecord(CALL, content) };
    }
    const status = answer.output.$metadata.httpStatusCode;
    return {
      outcome: { kind: 'delivered', ref: { namespace: content.Namespace } },
      ...(status === undefined ? {} : { httpStatus: status }),
      requestShape: requestShape(CALL, content),
    };
  }

  /** Over a line of its own, for whoever only tests may never close. */
  async test({ signal }: Pick<SinkCall, 'signal'>): Promise<TestReport> {
    const client = new MetricsClient(this.#config, this.#credentials, this.#endpoint, 'asking');
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
}
