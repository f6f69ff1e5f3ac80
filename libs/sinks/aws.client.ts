import type { Outcome } from '../domain/index.js';
import { classifyAws, unreadableAws, type AwsCall } from './aws.classify.js';
import { isRecord } from './error-causes.js';

/** Longest wait for a connection, for an answer, and for more of it. */
const CONNECT_TIMEOUT_MS = 3_000;
const TIMEOUT_MS = 10_000;
/** A megabyte may have to go up first. */
const SENDING_TIMEOUT_MS = 30_000;
/** Of one connection that is kept: as many calls of an integration's go side by side, further ones wait for them. */
const MAX_SOCKETS = 8;
/** AWS closes idle connections after a while, and a call that meets its close gets no verdict: ours are closed before. */
const IDLE_MS = 5_000;

const silentLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What a call is signed with: a user's keys, or those of a role's session. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Asked before every call, for the SDK keeps nothing of what it gives. */
export type SigningKeysProvider = (() => Promise<SigningKeys>) & { readonly memoized: true };

/** `sending` is for clients that live on and send much: their connections are kept. */
export type ClientUse = 'asking' | 'sending';

/**
 * Options of a client of the AWS SDK (3.1169) that does one tenant's calls and nothing else: no retries of its own, real
 * timeouts, and nothing read from the hub's environment, profile files or metadata service. The SDK would look there for
 * every option that is left undefined: credentials, region, endpoint, FIPS, retry mode and all others named here.
 */
export function awsClientOptions(
  region: string,
  credentials: SigningKeys | SigningKeysProvider,
  endpoint: string | undefined,
  use: ClientUse = 'asking',
) {
  const timeoutMs = use === 'sending' ? SENDING_TIMEOUT_MS : TIMEOUT_MS;
  const agent =
    use === 'sending' ? { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS } : { keepAlive: false };
  return {
    region,
    // The chain of providers is what an undefined value would mean; a tenant's call must never bear the hub's own keys.
    credentials: typeof credentials === 'function' ? credentials : signingKeys(credentials),
    ...(endpoint === undefined ? {} : { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: 'standard' as const,
    maxAttempts: 1,
    retryMode: 'standard',
    authSchemePreference: ['sigv4'],
    userAgentAppId: 'spillway',
    logger: silentLogger,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      // Without it the request's time-out is only logged.
      throwOnRequestTimeout: true,
      socketTimeout: timeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
      logger: silentLogger,
    },
  };
}

const signingKeys = ({ accessKeyId, secretAccessKey, sessionToken }: SigningKeys): SigningKeys => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken === undefined ? {} : { sessionToken }),
});

/** A call that did not do what was asked. */
export interface AwsFailure {
  readonly ok: false;
  readonly outcome: Outcome;
  /** Whether the call was begun; otherwise nothing of it has left the hub. */
  readonly isBegun: boolean;
  readonly httpStatus?: number;
  /** The error's name and text as they came: secrets must be taken out of them. */
  readonly answer?: string;
}

export type AwsAnswer<Output> = { readonly ok: true; readonly output: Output } | AwsFailure;

/** A call that was never begun. */
export const notBegun = (outcome: Outcome): AwsFailure => ({ ok: false, outcome, isBegun: false });

/** Never throws for what becomes of the call. */
export async function callAws<Output extends { readonly $metadata: { readonly requestId?: string } }>(
  call: AwsCall,
  send: () => Promise<Output>,
): Promise<AwsAnswer<Output>> {
  try {
    const output = await send();
    if (output.$metadata.requestId !== undefined) return { ok: true, output };
    // An empty 200 of a proxy is a success to the SDK; AWS numbers every answer.
    return { ok: false, outcome: unreadableAws(call), isBegun: true, ...traceOf(output) };
  } catch (error) {
    return { ok: false, outcome: classifyAws(error, call), isBegun: true, ...traceOf(error) };
  }
}

function traceOf(result: unknown): Pick<AwsFailure, 'httpStatus' | 'answer'> {
  if (!isRecord(result) || !isRecord(result['$metadata'])) return {};
  const { httpStatusCode } = result['$metadata'];
  if (typeof httpStatusCode !== 'number') return {};
  if (!(result instanceof Error)) return { httpStatus: httpStatusCode };
  // The texts of errors are AWS's only when AWS answered with one.
  const text = httpStatusCode < 400 || result['$fault'] === undefined ? undefined : result.message;
  const answer = text === undefined ? undefined : `${result.name}: ${text}`;
  return { httpStatus: httpStatusCode, ...(answer === undefined ? {} : { answer }) };
}
