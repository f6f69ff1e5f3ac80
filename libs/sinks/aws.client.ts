import type { Outcome } from '../domain/index.js';
import { classifyAws, unreadableAws, type AwsCall } from './aws.classify.js';
import type { AwsSecrets } from './aws.schema.js';

/** Longest wait for a connection, for an answer, and for more of it. */
const CONNECT_TIMEOUT_MS = 3_000;
const TIMEOUT_MS = 10_000;

const silentLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Options of a client of the AWS SDK (3.1169) that does one tenant's call and nothing else: no retries of its own, real
 * timeouts, and nothing read from the hub's environment, profile files or metadata service. The SDK would look there for
 * every option that is left undefined: credentials, region, endpoint, FIPS, retry mode and all others named here.
 */
export function awsClientOptions(region: string, secrets: AwsSecrets, endpoint: string | undefined) {
  const { accessKeyId, secretAccessKey } = secrets;
  return {
    region,
    // The chain of providers is what an undefined value would mean; a tenant's call must never bear the hub's own keys.
    credentials: { accessKeyId, secretAccessKey },
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
      requestTimeout: TIMEOUT_MS,
      // Without it the request's time-out is only logged.
      throwOnRequestTimeout: true,
      socketTimeout: TIMEOUT_MS,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
      logger: silentLogger,
    },
  };
}

export type AwsAnswer<Output> =
  { readonly ok: true; readonly output: Output } | { readonly ok: false; readonly outcome: Outcome };

/** Never throws for what becomes of the call. */
export async function callAws<Output extends { readonly $metadata: { readonly requestId?: string } }>(
  call: AwsCall,
  send: () => Promise<Output>,
): Promise<AwsAnswer<Output>> {
  try {
    const output = await send();
    // An empty 200 of a proxy is a success to the SDK; AWS numbers every answer.
    if (output.$metadata.requestId === undefined) return { ok: false, outcome: unreadableAws(call) };
    return { ok: true, output };
  } catch (error) {
    return { ok: false, outcome: classifyAws(error, call) };
  }
}
