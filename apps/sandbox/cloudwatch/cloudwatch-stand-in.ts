import { randomUUID } from 'node:crypto';
import { HttpStandIn, type StandInAnswer, type StandInRequest } from '../stand-in/index.js';
import { authenticate } from './authentication.js';
import { AwsAccounts } from './aws-account.js';
import { formOf, readBody } from './body.js';
import { COMMANDS } from './commands.js';
import { LogStore } from './log-store.js';
import { MetricStore } from './metric-store.js';
import type { Operation } from './operation.js';
import { OPERATIONS } from './operations.js';
import { Pace } from './pace.js';
import { Refusal, refuse } from './refusals.js';
import { METRICS, STS } from './service.js';
import { readSignature } from './signature.js';

const isForm = ({ headers }: StandInRequest): boolean =>
  (headers['content-type'] ?? '').startsWith(STS.contentType);

/**
 * CloudWatch Logs (JSON 1.1), CloudWatch (JSON 1.0, with gzip) and STS (Query) as the AWS SDK for JavaScript speaks to them
 * since 3.1162, on one address: they are told apart by `X-Amz-Target` and content type. Every call must be signed for the
 * service it goes to, with keys that are known here, by a clock that goes right.
 */
export class CloudWatchStandIn extends HttpStandIn {
  readonly accounts = new AwsAccounts();
  readonly logs = new LogStore();
  readonly metrics = new MetricStore();
  readonly #pace = new Pace();
  /** How far AWS's clock is ahead of ours. */
  clockAheadMs = 0;

  /** Without events and data, of which there may be millions. */
  get state(): object {
    return {
      keys: [...this.accounts.keys.values()],
      roles: [...this.accounts.roles.values()],
      logGroups: this.accounts.logGroups,
      streams: this.logs.streams().map((stream) => stream.summary),
      namespaces: this.metrics.namespaces().map(({ place, name, count }) => ({ place, name, count })),
    };
  }

  /** By AWS's clock, in ms since 1970. */
  get now(): number {
    return Date.now() + this.clockAheadMs;
  }

  /** More calls of this operation in a second are refused, for each account and region; `undefined` lets go. */
  throttlePerSecond(operation: string, calls: number | undefined): void {
    this.#pace.limit(operation, calls);
  }

  override reset(): void {
    super.reset();
    this.accounts.clear();
    this.logs.clear();
    this.metrics.clear();
    this.#pace.clear();
    this.clockAheadMs = 0;
  }

  command(name: string, body: unknown): unknown {
    const command = COMMANDS.get(name);
    if (!command) throw new Error('there is no such control endpoint');
    return command(this, body);
  }

  protected operationOf(request: StandInRequest): string {
    const { headers } = request;
    if (isForm(request)) return formOf(request).Action ?? 'unknown';
    return String(headers['x-amz-target'] ?? '').split('.')[1] ?? 'unknown';
  }

  protected credentialOf(request: StandInRequest): string | undefined {
    return readSignature(request)?.accessKeyId;
  }

  protected answer(request: StandInRequest): StandInAnswer {
    const name = this.operationOf(request);
    const [target = ''] = isForm(request) ? [''] : String(request.headers['x-amz-target'] ?? '').split('.');
    const operation = OPERATIONS.get(name);
    if (!operation || operation.service.target !== target || request.method !== 'POST') {
      const message = 'There is no operation of that name here.';
      if (isForm(request)) return refuse(STS, new Refusal('InvalidAction', message));
      return refuse(METRICS, new Refusal('UnknownOperationException', message));
    }
    const { service } = operation;
    try {
      const body = this.#perform(name, operation, request);
      const contentType = service === STS ? 'text/xml' : service.contentType;
      return {
        status: 200,
        headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
        body,
      };
    } catch (error) {
      if (error instanceof Refusal) return refuse(service, error);
      throw error;
    }
  }

  #perform(name: string, { service, action, perform }: Operation, request: StandInRequest): object | string {
    const { accounts, logs, metrics, now } = this;
    if (!isForm(request) && request.headers['content-type'] !== service.contentType)
      throw new Refusal('SerializationException', `The body must be ${service.contentType}.`);
    const signed = readSignature(request);
    if (!signed)
      throw new Refusal(
        'MissingAuthenticationTokenException',
        'Missing Authentication Token',
        service.credentialStatus,
      );
    const key = authenticate(accounts, service, request, signed, now);
    const { region } = signed;
    if (!this.#pace.admits(name, `${key.accountId} ${region}`, performance.now()))
      throw new Refusal(service === STS ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
    if (key.denied.includes(action))
      throw new Refusal(
        service.accessDenied,
        `User: ${key.arn} is not authorized to perform: ${action}`,
        service.credentialStatus,
      );
    return perform({ accounts, logs, metrics, key, region, input: readBody(service, request), now });
  }
}
