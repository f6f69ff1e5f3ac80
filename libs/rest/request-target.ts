const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * The path and query of a request target. Clients behind `http_proxy` send the absolute form of RFC 9112 §3.2.2
 * (`POST http://hub.example/integrate/v1/… HTTP/1.1`); others leave a `?` or `&` at the end. Routing needs neither.
 */
export function normalizeTarget(target: string): string {
  const origin = target.replace(ABSOLUTE_FORM, '').replace(/[?&]+$/, '');
  if (origin === '') return '/';
  return origin.startsWith('?') ? `/${origin}` : origin;
}
