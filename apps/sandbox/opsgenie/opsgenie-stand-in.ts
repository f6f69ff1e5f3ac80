import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { HttpStandIn, type StandInAnswer, type StandInRequest } from '../stand-in/index.js';

export type AccessRight = 'read' | 'create-and-update' | 'delete' | 'configuration';

/** The key of an API integration. */
export interface OpsGenieKey {
  readonly key: string;
  readonly rights: readonly AccessRight[];
  /** An integration that is turned off answers as if its key were unknown. */
  readonly enabled: boolean;
}

const keyCommand = z.object({
  key: z.string().min(1),
  rights: z.array(z.enum(['read', 'create-and-update', 'delete', 'configuration'])).optional(),
  enabled: z.boolean().optional(),
});

const REQUEST_STATUS = /^\/v2\/alerts\/requests\/[^/]+$/;

/**
 * OpsGenie's Alert API as far as Spillway uses it (https://docs.opsgenie.com/docs/alert-api, read 2026-11-20): who asks
 * is looked at before what is asked.
 */
export class OpsGenieStandIn extends HttpStandIn {
  readonly keys = new Map<string, OpsGenieKey>();

  /** Replaces one of the same text. */
  addKey(key: string, options: Partial<Omit<OpsGenieKey, 'key'>> = {}): OpsGenieKey {
    const added = { key, rights: ['read', 'create-and-update'] as const, enabled: true, ...options };
    this.keys.set(key, added);
    return added;
  }

  get state(): object {
    return { keys: [...this.keys.values()], alerts: [] };
  }

  override reset(): void {
    super.reset();
    this.keys.clear();
  }

  command(name: string, body: unknown): unknown {
    if (name !== 'keys') throw new Error('there is no such control endpoint');
    const { key, rights, enabled } = keyCommand.parse(body);
    return this.addKey(key, { ...(rights ? { rights } : {}), ...(enabled === undefined ? {} : { enabled }) });
  }

  protected operationOf({ method, url }: StandInRequest): string {
    return method === 'GET' && REQUEST_STATUS.test(url.pathname)
      ? 'request-status'
      : `${method} ${url.pathname}`;
  }

  protected credentialOf({ headers }: StandInRequest): string | undefined {
    return /^GenieKey (.+)$/.exec(headers.authorization ?? '')?.[1];
  }

  protected answer(request: StandInRequest): StandInAnswer {
    const key = this.keys.get(this.credentialOf(request) ?? '');
    if (!key?.enabled) return refuse(401, 'Could not authenticate');
    if (this.operationOf(request) !== 'request-status')
      return refuse(404, 'There is no such handler in this stand-in.');
    if (!key.rights.includes('read'))
      return refuse(403, 'You are not authorized to perform this operation', { code: 40301 });
    return refuse(404, 'Request not found. It might not be processed, yet.', {
      errorType: 'RequestNotProcessed',
    });
  }
}

function refuse(
  status: number,
  message: string,
  { code, errorType }: { code?: number; errorType?: string } = {},
): StandInAnswer {
  const requestId = randomUUID();
  return {
    status,
    headers: {
      'x-request-id': requestId,
      'x-ratelimit-state': 'OK',
      ...(errorType === undefined ? {} : { 'x-opsgenie-errortype': errorType }),
    },
    body: { ...(code === undefined ? {} : { code }), message, took: 0.002, requestId },
  };
}
