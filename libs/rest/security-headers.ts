const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const;

const API = {
  ...EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** The pages under /docs bring their own scripts and styles. */
const DOCS = {
  ...EVERYWHERE,
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
} as const;

/** Headers that keep browsers from guessing, framing or storing an answer. */
export function securityHeaders(url: string): Readonly<Record<string, string>> {
  return /^\/docs([/?]|$)/.test(url) ? DOCS : API;
}
