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

const ROUTES: readonly (readonly [path: RegExp, methods: string, name: string])[] = [
  [/^\/api\/write(?:\/|$)/, 'POST', 'write'],
  [/^\/api\/query(?:\/|$)/, 'GET, HEAD, POST', 'query'],
  [/^\/api\/stats(?:\/|$)/, 'GET, HEAD', 'stats'],
  [/^\/health\/(?:live|ready)$/, 'GET, HEAD', 'health'],
];
const SWAGGER = /^\/swagger(?:\/|$)/;

const pathOf = (target: string): string => target.split('?', 1)[0]!;
const entryOf = (target: string) => ROUTES.find(([route]) => route.test(pathOf(target)));

/** What the log calls the route of a target; `other` where there is none. */
export const routeOf = (target: string): string => entryOf(target)?.[2] ?? 'other';

/** What may be done with a path, as `Allow` says it; undefined when nothing is there. */
export function methodsOf(target: string, hasSwagger: boolean): string | undefined {
  if (hasSwagger && SWAGGER.test(pathOf(target))) return 'GET, HEAD';
  return entryOf(target)?.[1];
}
