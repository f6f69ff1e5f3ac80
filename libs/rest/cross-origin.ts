import cors from '@fastify/cors';
import type { HttpServer } from './http-types.js';

/** So long a browser may remember what it was told before a request. */
const MAX_AGE_SECONDS = 600;

/**
 * Lets pages of these origins call the API, with a token that they send themselves: without cookies. Browsers ask
 * before most requests, which needs no token. Pages elsewhere are told nothing.
 */
export function allowOrigins(fastify: HttpServer, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  void fastify.register(
    cors as never,
    {
      origin: (origin: string | undefined, decide: (error: null, allowed: string | false) => void) =>
        decide(null, origin !== undefined && allowed.has(origin) ? origin : false),
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      credentials: false,
      maxAge: MAX_AGE_SECONDS,
      strictPreflight: false,
    } as never,
  );
}
