const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** The path and query of a request's target: clients behind `http_proxy` send it with scheme and host (RFC 9112 §3.2.2). */
export function originForm(target: string): string {
  const path = target.replace(ABSOLUTE_FORM, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}

/** The first value of a parameter of the query; undefined when it is absent or empty. */
export function parameterOf(target: string, name: string): string | undefined {
  const mark = target.indexOf('?');
  if (mark === -1) return undefined;
  return new URLSearchParams(target.slice(mark + 1)).get(name) || undefined;
}

const ROUTES: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/api\/write(?:\/|$)/, 'POST'],
  [/^\/api\/query(?:\/|$)/, 'GET, HEAD, POST'],
  [/^\/api\/stats(?:\/|$)/, 'GET, HEAD'],
  [/^\/health\/(?:live|ready)$/, 'GET, HEAD'],
];
const SWAGGER = /^\/swagger(?:\/|$)/;

/** What may be done with a path, as `Allow` says it; undefined when nothing is there. */
export function methodsOf(target: string, hasSwagger: boolean): string | undefined {
  const path = target.split('?', 1)[0]!;
  if (hasSwagger && SWAGGER.test(path)) return 'GET, HEAD';
  return ROUTES.find(([route]) => route.test(path))?.[1];
}
