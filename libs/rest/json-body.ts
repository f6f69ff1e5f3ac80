import type { HttpServer } from './http-types.js';
import { Problem } from '../domain/index.js';

type Done = (error: Error | null, body?: unknown) => void;
type Parser = (request: unknown, body: Buffer, done: Done) => void;

const decoder = new TextDecoder('utf-8', { fatal: true });

const unreadable = (detail: string) => new Problem(400, 'Bad Request', detail, { body: 'is not JSON' });

/**
 * Reads a JSON body. No body at all is `undefined` and no error: the clients of Event Store Cloud declare
 * `application/json` on every request, also without a body. Keys that would change a prototype are refused.
 */
export function jsonBodyParser(fastify: HttpServer): Parser {
  const parseJson = fastify.getDefaultJsonParser('error', 'error') as (
    r: unknown,
    b: string,
    d: Done,
  ) => void;
  return (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    let text: string;
    try {
      text = decoder.decode(body);
    } catch {
      return done(unreadable('The body is not UTF-8.'));
    }
    parseJson(request, text, (error, value) =>
      error ? done(unreadable('The body is not valid JSON.')) : done(null, value),
    );
  };
}

/** Reads a form into an object of strings; of a repeated name the last value counts. */
export const formBodyParser: Parser = (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
