import { createHash, timingSafeEqual } from 'node:crypto';
import type { ListenerSettings } from './http.schema.js';

/**
 * What decides whether a header `Authorization` may pass: always without a login in the settings. How long it takes says
 * nothing about the login.
 */
export function gatekeeper({
  username,
  password,
}: Pick<ListenerSettings, 'username' | 'password'>): (header: string | undefined) => boolean {
  if (username === undefined || password === undefined) return () => true;
  const wanted = digest(Buffer.from(`${username}:${password}`));
  return (header = '') => {
    // No two parts of the pattern may take the same blanks: that would cost time with the square of their number.
    const [, encoded] = /^basic +([A-Za-z0-9+/=_-]*)$/i.exec(header.trimEnd()) ?? [];
    const isSame = timingSafeEqual(digest(Buffer.from(encoded ?? '', 'base64')), wanted);
    return isSame && encoded !== undefined;
  };
}

/** Of equal length whatever it is of, as the comparison needs it. */
const digest = (login: Buffer): Buffer => createHash('sha256').update(login).digest();
