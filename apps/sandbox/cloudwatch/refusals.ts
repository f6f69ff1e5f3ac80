import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in/index.js';
import type { Service } from './service.js';
import { tag, XML_NAMESPACE } from './xml.js';

/** Thrown by whoever finds out that a call must be refused. */
export class Refusal extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Names that the older protocol had for an error, where they are not the same without `Exception`. */
const QUERY_NAMES: Readonly<Record<string, string>> = {
  MissingRequiredParameterException: 'MissingParameter',
};

/**
 * An error in the wire format of the service. `x-amzn-query-error` carries the name that the older protocol had, which the
 * SDK then uses as the error's: `AccessDenied` in place of `AccessDeniedException`.
 */
export function refuse(service: Service, { type, message, status }: Refusal): StandInAnswer {
  const requestId = randomUUID();
  if (service.errors === 'xml') {
    const error = tag(
      'Error',
      tag('Type', 'Sender', 'text') + tag('Code', type, 'text') + tag('Message', message, 'text'),
    );
    const body = `<ErrorResponse xmlns="${XML_NAMESPACE}">${error}${tag('RequestId', requestId)}</ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  }
  const queryError = `${QUERY_NAMES[type] ?? type.replace(/Exception$/, '')};Sender`;
  return {
    status,
    headers: {
      'content-type': service.contentType,
      'x-amzn-requestid': requestId,
      ...(service.errors === 'json-with-query-names' ? { 'x-amzn-query-error': queryError } : {}),
    },
    body: { __type: type, message },
  };
}
