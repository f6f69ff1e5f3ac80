import type { Settings } from '../config/index.js';

/** How long a caller may take. In milliseconds. */
export interface HttpDeadlines {
  /** Until the header of a request is complete; also until a new connection has sent anything at all. */
  readonly headersMs: number;
  /** Until a request is complete, with its body. */
  readonly requestMs: number;
  /** How often connections are looked at: so much later than its deadline a slow one may be cut. */
  readonly checkIntervalMs: number;
  /** How long a connection is kept between two requests. */
  readonly keepAliveMs: number;
  /** How long a connection may stand still, in both directions: also while nobody reads what we answer. */
  readonly inactivityMs: number;
}

export const HTTP_DEADLINES: HttpDeadlines = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Node's own 30 s would cut a slow body as late as a minute after it began.
  checkIntervalMs: 2_000,
  // Longer than the 60 s of most reverse proxies and load balancers: who closes first must be the one who sends
  // next, or requests are lost on connections that we are just closing.
  keepAliveMs: 65_000,
  // A caller that does not read its answer would hold it in our memory for ever. Longer than we take for any answer,
  // during which nothing moves either.
  inactivityMs: 120_000,
};

/** What differs between servers. */
export interface HttpOptions {
  /** Addresses and CIDRs whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may call; none switches CORS off. */
  readonly corsOrigins: readonly string[];
  /** Whether people reach us by TLS only, so that browsers may be told so. */
  readonly isPublicUrlSecure: boolean;
  readonly deadlines: HttpDeadlines;
}

type HttpSettings = Pick<
  Settings,
  'SPILLWAY_TRUSTED_PROXIES' | 'SPILLWAY_CORS_ORIGINS' | 'SPILLWAY_PUBLIC_URL'
>;

/** The options that follow from the settings. */
export const httpOptionsOf = (settings: HttpSettings): HttpOptions => ({
  trustedProxies: settings.SPILLWAY_TRUSTED_PROXIES,
  corsOrigins: settings.SPILLWAY_CORS_ORIGINS,
  isPublicUrlSecure: settings.SPILLWAY_PUBLIC_URL?.toLowerCase().startsWith('https:') ?? false,
  deadlines: HTTP_DEADLINES,
});
