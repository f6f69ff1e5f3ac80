import { unauthorized } from '../../domain/index.js';
import type { HttpRequest } from '../../rest/index.js';

const BEARER = /^bearer +(\S+) *$/i;

/** The token of `Authorization: Bearer <token>`; the scheme's name has no case. Throws a 401 `Problem` without one. */
export function bearerTokenOf({ headers }: Pick<HttpRequest, 'headers'>): string {
  const header = headers['authorization'];
  if (typeof header !== 'string' || header === '')
    throw unauthorized('The request has no access token: send `Authorization: Bearer <token>`.');
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw unauthorized('The Authorization header is malformed: send `Bearer <token>`.');
}
