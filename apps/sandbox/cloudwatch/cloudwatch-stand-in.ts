import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { HttpStandIn, type StandInAnswer, type StandInRequest } from '../stand-in/index.js';
import { AwsAccounts, type AwsKey } from './aws-account.js';
import { METRICS, OPERATIONS, type Service } from './operations.js';
import { refuse } from './refusals.js';
import { isSignedWith, readSignature, signedAt, type Signed } from './signature.js';

/** AWS takes a signature that is at most so old, or so far ahead. */
const MAX_SKEW_MS = 5 * 60_000;

const keyCommand = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  denied: z.array(z.string()).default([]),
});
const groupCommand = z.object({ name: z.string().min(1), region: z.string().min(1) });

/**
 * CloudWatch Logs (JSON 1.1) and CloudWatch (JSON 1.0) as the AWS SDK for JavaScript speaks to them since 3.1162, on one
 * address: both are told apart by `X-Amz-Target`. Every call must be signed for the service it goes to, with keys that
 * are known here, by a clock that goes right.
 */
export class CloudWatchStandIn extends HttpStandIn {
  readonly accounts = new AwsAccounts();
  /** How far AWS's clock is ahead of ours. */
  clockAheadMs = 0;

  get state(): object {
    return { keys: [...this.accounts.keys.values()], logGroups: this.accounts.logGroups };
  }

  override reset(): void {
    super.reset();
    this.accounts.clear();
    this.clockAheadMs = 0;
  }

  command(name: string, body: unknown): unknown {
    if (name === 'keys') {
      const { accessKeyId, secretAccessKey, denied } = keyCommand.parse(body);
      return this.accounts.addKey(accessKeyId, secretAccessKey, { denied });
    }
    if (name !== 'log-groups') throw new Error('there is no such control endpoint');
    const { name: group, region } = groupCommand.parse(body);
    return this.accounts.addLogGroup(group, region);
  }

  protected operationOf({ headers }: StandInRequest): string {
    return String(headers['x-amz-target'] ?? '').split('.')[1] ?? 'unknown';
  }

  protected credentialOf(request: StandInRequest): string | undefined {
    return readSignature(request)?.accessKeyId;
  }

  protected answer(request: StandInRequest): StandInAnswer {
    const [target = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const operation = OPERATIONS[this.operationOf(request)];
    if (!operation || operation.service.target !== target || request.method !== 'POST')
      return refuse(METRICS, 'UnknownOperationException', `There is no operation of that name here.`);
    const { service } = operation;
    if (request.headers['content-type'] !== service.contentType)
      return refuse(service, 'SerializationException', `The body must be ${service.contentType}.`);
    const signed = readSignature(request);
    const key = this.#authenticate(request, service, signed);
    if ('status' in key || !signed) return key as StandInAnswer;
    if (key.denied.includes(operation.action)) {
      const who = `arn:aws:iam::${key.accountId}:user/spillway`;
      return refuse(
        service,
        'AccessDeniedException',
        `User: ${who} is not authorized to perform: ${operation.action}`,
      );
    }
    const input = JSON.parse(request.body.toString('utf8')) as Record<string, unknown>;
    const result = operation.perform({ accounts: this.accounts, key, region: signed.region, input });
    return {
      status: 200,
      headers: { 'content-type': service.contentType, 'x-amzn-requestid': randomUUID() },
      body: result,
    };
  }

  /** The keys that signed, or AWS's refusal. Whose key it is, is looked at first, then the clock, then the signature. */
  #authenticate(
    request: StandInRequest,
    service: Service,
    signed: Signed | undefined,
  ): AwsKey | StandInAnswer {
    if (!signed)
      return refuse(service, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    const key = this.accounts.keys.get(signed.accessKeyId);
    if (!key)
      return refuse(service, service.unknownKey, 'The security token included in the request is invalid.');
    const skewMs = Date.now() + this.clockAheadMs - signedAt(request);
    if (!(Math.abs(skewMs) <= MAX_SKEW_MS)) {
      const what =
        skewMs > 0
          ? 'Signature expired: it is now earlier than'
          : 'Signature not yet current: it is later than';
      return refuse(service, service.badSignature, `${what} the server's time less (plus) 5 min.`);
    }
    if (signed.service !== service.name)
      return refuse(
        service,
        service.badSignature,
        `Credential should be scoped to correct service: '${service.name}'.`,
      );
    if (isSignedWith(key.secretAccessKey, request, signed)) return key;
    const mismatch = 'The request signature we calculated does not match the signature you provided.';
    return refuse(service, service.badSignature, mismatch);
  }
}
