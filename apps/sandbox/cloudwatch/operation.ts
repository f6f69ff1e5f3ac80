import type { AwsAccounts, AwsKey } from './aws-account.js';
import type { LogStore } from './log-store.js';
import type { MetricStore } from './metric-store.js';
import type { Service } from './service.js';

/** What a caller sent: the JSON body, or the fields of a form. */
export type Input = Readonly<Record<string, unknown>>;

/** A call of somebody who is known and may make it. */
export interface Call {
  readonly accounts: AwsAccounts;
  readonly logs: LogStore;
  readonly metrics: MetricStore;
  readonly key: AwsKey;
  readonly region: string;
  readonly input: Input;
  /** By AWS's clock, in ms since 1970. */
  readonly now: number;
}

export interface Operation {
  readonly service: Service;
  /** The IAM action it needs. */
  readonly action: string;
  /** The answer's body: a text as it is, anything else as JSON. Throws a `Refusal`. */
  readonly perform: (call: Call) => object | string;
}
