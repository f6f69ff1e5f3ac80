import type { StandInRequest } from '../stand-in/index.js';
import type { AwsAccounts, AwsKey } from './aws-account.js';
import { Refusal } from './refusals.js';
import type { Service } from './service.js';
import { isSignedWith, signedAt, type Signed } from './signature.js';

/** AWS takes a signature that is at most so old, or so far ahead. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * The keys that signed, or AWS's refusal, thrown. Whose key it is, is looked at first, then the clock, then the signature,
 * and whether temporary keys still hold only when the signature is right.
 */
export function authenticate(
  accounts: AwsAccounts,
  service: Service,
  request: StandInRequest,
  signed: Signed,
  now: number,
): AwsKey {
  const refusal = (type: string, message: string): Refusal =>
    new Refusal(type, message, service.credentialStatus);
  const key = accounts.keys.get(signed.accessKeyId);
  if (!key || key.session?.token !== request.headers['x-amz-security-token'])
    throw refusal(service.unknownKey, 'The security token included in the request is invalid.');
  const skewMs = now - signedAt(request);
  if (!(Math.abs(skewMs) <= MAX_SKEW_MS)) {
    const what =
      skewMs > 0
        ? 'Signature expired: it is now earlier than'
        : 'Signature not yet current: it is later than';
    throw refusal(service.badSignature, `${what} the server's time less (plus) 5 min.`);
  }
  if (signed.service !== service.name)
    throw refusal(service.badSignature, `Credential should be scoped to correct service: '${service.name}'.`);
  if (!isSignedWith(key.secretAccessKey, request, signed))
    throw refusal(
      service.badSignature,
      'The request signature we calculated does not match the signature you provided.',
    );
  if (key.session && now >= key.session.expiresAt)
    throw refusal(service.expiredToken, 'The security token included in the request is expired');
  return key;
}
