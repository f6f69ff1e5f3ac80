import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

export const REFRESH_TOKEN_PREFIX = 'spw_';
/** Tells an ingest token from an access token. */
export const INGEST_TOKEN_PREFIX = 'spi_';

/** A new token that cannot be guessed, with a prefix by which scanners for leaked secrets find it. */
export const newTokenText = (prefix: string): string =>
  `${prefix}${randomBytes(TOKEN_BYTES).toString('base64url')}`;

/** What is kept of a token: SHA-256, hex. Enough for 256 random bits; a password needs more. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');
