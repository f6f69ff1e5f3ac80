import type { Outcome } from '../domain/index.js';
import type { AwsCall } from './aws.classify.js';
import {
  callAws,
  notBegun,
  type AwsAnswer,
  type AwsFailure,
  type SigningKeysProvider,
} from './aws.client.js';
import type { AwsCredentials } from './aws.credentials.js';
import { answerText } from './request-record.js';
import type { SinkReply } from './sink.js';
import { withoutSecrets } from './without-secrets.js';

/** One of AWS's services in one region, in the words of a finding. */
export type AwsPlace = Pick<AwsCall, 'label' | 'apiUrlSetting' | 'region'>;

/** What is asked of it. */
export interface AwsRequest extends Pick<AwsCall, 'action' | 'writes'> {
  readonly signal: AbortSignal;
}

interface Answered {
  readonly $metadata: { readonly requestId?: string };
}

/**
 * One integration's line to one of AWS's services: one client of the SDK, made with the first call and kept, whose calls are
 * signed with the integration's credentials.
 */
export class AwsService<Client extends { destroy(): void }> {
  readonly #place: AwsPlace;
  readonly #credentials: AwsCredentials;
  readonly #make: (keys: SigningKeysProvider) => Promise<Client>;
  #client: Promise<Client> | undefined;
  #isClosed = false;

  /** `make` is asked once, and again only after it threw. */
  constructor(
    place: AwsPlace,
    credentials: AwsCredentials,
    make: (keys: SigningKeysProvider) => Promise<Client>,
  ) {
    this.#place = place;
    this.#credentials = credentials;
    this.#make = make;
  }

  /** Never throws for what becomes of the call. Of a failure's texts the secrets are taken out. */
  async call<Output extends Answered>(
    { action, writes = false, signal }: AwsRequest,
    send: (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
  ): Promise<AwsAnswer<Output>> {
    if (signal.aborted) return notBegun(this.#notSent('The call was given up before it was begun.'));
    const ready = await this.#credentials.ready(signal);
    if (!ready.ok) return this.#clean(ready);
    if (this.#isClosed)
      return notBegun(this.#notSent('The integration was changed before the call was begun.'));
    const client = await this.#connected();
    const { roleArn } = this.#credentials;
    const holder = roleArn === null ? {} : { holder: `the role ${roleArn}` };
    const answer = await callAws({ ...this.#place, action, writes, ...holder }, () =>
      send(client, { abortSignal: signal }),
    );
    return answer.ok ? answer : this.#clean(this.#afterSession(answer));
  }

  /** Breaks off what is under way; nothing is sent after that. */
  close(): void {
    this.#isClosed = true;
    // What could not be made needs no end.
    void this.#client?.then(
      (client) => client.destroy(),
      () => undefined,
    );
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#make(this.#credentials.provider).catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  /**
   * What is refused to a session may be given to the next one: it was revoked, or the role was made anew. One that AWS takes
   * for expired is the hub's to renew, and no fault of the keys.
   */
  #afterSession(failure: AwsFailure): AwsFailure {
    const { outcome } = failure;
    if (this.#credentials.roleArn === null || outcome.kind !== 'unauthorized') return failure;
    this.#credentials.forget();
    if (outcome.code !== 'ExpiredToken') return failure;
    const reason = 'The session of the role has expired: a new one is made for the next call.';
    return { ...failure, outcome: { kind: 'transient', code: outcome.code, reason } };
  }

  #notSent(reason: string): Outcome {
    return { kind: 'transient', code: 'not_sent', reason };
  }

  #clean(failure: AwsFailure): AwsFailure {
    const { answer, ...rest } = withoutSecrets(failure, this.#credentials.secrets);
    return answer === undefined ? rest : { ...rest, answer: answerText(answer) };
  }
}

/** What may be recorded of a failure. */
export const replyOf = ({ outcome, httpStatus, answer }: AwsFailure): SinkReply => ({
  outcome,
  ...(httpStatus === undefined ? {} : { httpStatus }),
  ...(answer === undefined ? {} : { answer }),
});
