const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * The path and query of a request target. Clients behind `http_proxy` send the absolute form of RFC 9112 §3.2.2
 * (`POST http://hub.example/integrate/v1/… HTTP/1.1`); others leave a `?` or `&` at the end. Routing needs neither.
 */
export function normalizeTarget(target: string): string {
  const origin = withoutTrailingSeparators(target.replace(ABSOLUTE_FORM, ''));
  if (origin === '') return '/';
  return origin.startsWith('?') ? `/${origin}` : origin;
}

/** By hand: `/[?&]+$/` takes time with the square of a run of separators that is not at the end. */
function withoutTrailingSeparators(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '?' || text[end - 1] === '&')) end -= 1;
  return text.slice(0, end);
}
