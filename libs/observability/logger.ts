import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('logger');

const SECRET_FIELDS = [
  'token',
  'apiKey',
  'password',
  'secret',
  'authorization',
  'refreshToken',
  'accessToken',
];

/**
 * JSON lines on standard output. Every line of ours carries `event`: static, dotted, past tense (`delivery.attempted`).
 */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  });
}

/** A logger that says nothing, for tests. */
export const silentLogger: Logger = pino({ level: 'silent' });
