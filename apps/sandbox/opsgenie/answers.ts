import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in/index.js';
import type { OpsGenieAlert, TakenRequest } from './alert.js';

interface Refusal {
  readonly code?: number;
  readonly errorType?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

const TOOK = 0.002;

const answered = (
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  requestId: string = randomUUID(),
): StandInAnswer => ({
  status,
  headers: { 'x-request-id': requestId, 'x-ratelimit-state': 'OK', ...headers },
  body: { ...body, took: TOOK, requestId },
});

export const refuse = (status: number, message: string, { code, errorType, errors }: Refusal = {}) =>
  answered(
    status,
    { ...(code === undefined ? {} : { code }), message, ...(errors ? { errors } : {}) },
    errorType === undefined ? {} : { 'x-opsgenie-errortype': errorType },
  );

/** As JSM's gateway refuses, before the vendor's own service has seen the request: without an id of it. */
export const refuseAtGateway = (status: number, message: string): StandInAnswer => ({
  status,
  body: { code: status, message },
});

/** The request is taken: what becomes of it is asked for by its id. */
export const taken = (requestId: string): StandInAnswer =>
  answered(202, { result: 'Request will be processed' }, {}, requestId);

export const notProcessed = (): StandInAnswer =>
  refuse(404, 'Request not found. It might not be processed, yet.', { errorType: 'RequestNotProcessed' });

const ACTIONS = { create: 'Create', note: 'Add Note', close: 'Close' } as const;

export function requestStatus({ action, alias, verdict }: TakenRequest): StandInAnswer {
  if (!verdict) return notProcessed();
  const { isSuccess, status, processedAt, alertId } = verdict;
  const more = { integrationId: 'stand-in', alias, alertId, processedAt: processedAt.toISOString() };
  return answered(200, {
    data: { success: isSuccess, isSuccess, action: ACTIONS[action], status, ...more },
  });
}

/** The key stays out of it. */
export function alertAnswer({ key: _key, api: _api, notes: _notes, ...alert }: OpsGenieAlert): StandInAnswer {
  return answered(200, { data: { ...alert, tinyId: '1', acknowledged: false } });
}
