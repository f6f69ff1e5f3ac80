import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in/index.js';
import type { Service } from './operations.js';

/**
 * An error in the wire format of the service. `x-amzn-query-error` carries the name that the older protocol had, which the
 * SDK then uses as the error's: `AccessDenied` in place of `AccessDeniedException`.
 */
export function refuse(service: Service, type: string, message: string, status = 400): StandInAnswer {
  const queryError = `${type.replace(/Exception$/, '')};Sender`;
  return {
    status,
    headers: {
      'content-type': service.contentType,
      'x-amzn-requestid': randomUUID(),
      ...(service.hasQueryErrors ? { 'x-amzn-query-error': queryError } : {}),
    },
    body: { __type: type, message },
  };
}
