import { z } from 'zod';

/** Longest wait for one answer of an issuer. */
export const ISSUER_TIMEOUT_MS = 5_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An issuer does not answer, or not what an issuer answers; `message` says what. */
export class IssuerUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IssuerUnusable';
  }
}

/** What we read of an issuer's configuration (OpenID Connect Discovery 1.0 §3). */
const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Where an issuer publishes its keys. Throws `IssuerUnusable`. */
export async function discoverKeys(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { issuer: named, jwks_uri: keys } = await configurationAt(url);
  // §4.3: the one thing that keeps one issuer from speaking for another.
  if (named !== issuer)
    throw new IssuerUnusable(
      `${url} is of another issuer: it calls itself ${JSON.stringify(named)}. SPILLWAY_OIDC_ISSUER must be exactly that.`,
    );
  const address = new URL(keys);
  const isSafe =
    address.protocol === 'https:' || (address.protocol === 'http:' && LOOPBACK.test(address.hostname));
  if (!isSafe) throw new IssuerUnusable(`${url} names keys at ${keys}, which is no https URL.`);
  return address;
}

async function configurationAt(url: string): Promise<z.output<typeof configuration>> {
  let body: unknown;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    body = await response.json();
  } catch (error) {
    throw new IssuerUnusable(`${url} cannot be read: ${causeOf(error)}`, { cause: error });
  }
  const { data } = configuration.safeParse(body);
  if (data === undefined) throw new IssuerUnusable(`${url} holds no OpenID Connect configuration.`);
  return data;
}

/** `fetch` says only that it failed; why is one level below. */
export function causeOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
