import { HttpStandIn, type StandInAnswer, type StandInRequest } from '../stand-in/index.js';
import { OpsGenieAccount } from './account.js';
import type { OpsGenieAlert, RequestAction } from './alert.js';
import { alertAnswer, notProcessed, refuse, refuseAtGateway, requestStatus, taken } from './answers.js';
import { readBody } from './bodies.js';
import { runCommand, type OpsGenieRules } from './control.js';
import { KEY_FORM, type OpsGenieKey } from './keys.js';
import type { Delays } from './processing.js';

/** What a path asks for. */
interface Asked {
  readonly api: OpsGenieAlert['api'];
  readonly operation: RequestAction | 'request-status' | 'get-alert';
  /** Of the alert or of the request. */
  readonly id: string;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, operation: Asked['operation']])[] = [
  ['POST', /^\/v2\/alerts$/, 'create'],
  ['POST', /^\/v2\/alerts\/([^/]+)\/notes$/, 'note'],
  ['POST', /^\/v2\/alerts\/([^/]+)\/close$/, 'close'],
  ['GET', /^\/v2\/alerts\/requests\/([^/]+)$/, 'request-status'],
  ['GET', /^\/v2\/alerts\/([^/]+)$/, 'get-alert'],
];
const JSM = '/jsm/ops/integration';
const USUAL: OpsGenieRules = { strictKeys: false, jsmTellsStatus: true };

function asked({ method, url }: StandInRequest): Asked | undefined {
  const isJsm = url.pathname.startsWith(`${JSM}/`);
  const path = isJsm ? url.pathname.slice(JSM.length) : url.pathname;
  for (const [of, pattern, operation] of ROUTES) {
    const found = method === of && pattern.exec(path);
    // JSM's integration events know no way to look at an alert.
    if (!found || (isJsm && operation === 'get-alert')) continue;
    return { api: isJsm ? 'jsm' : 'opsgenie', operation, id: decodeURIComponent(found[1] ?? '') };
  }
  return undefined;
}

/**
 * OpsGenie's Alert API as far as Spillway uses it (https://docs.opsgenie.com/docs/alert-api, read 2026-11-20), and JSM
 * Operations' integration events, which keep its contract: who asks is looked at before what is asked, and 202 says
 * only that a request was taken.
 */
export class OpsGenieStandIn extends HttpStandIn {
  readonly keys = new Map<string, OpsGenieKey>();
  readonly account = new OpsGenieAccount();
  readonly rules: OpsGenieRules = { ...USUAL };

  get alerts(): readonly OpsGenieAlert[] {
    return this.account.alerts;
  }

  /** Replaces one of the same text. */
  addKey(key: string, options: Partial<Omit<OpsGenieKey, 'key'>> = {}): OpsGenieKey {
    const added = { key, rights: ['read', 'create-and-update'] as const, enabled: true, ...options };
    this.keys.set(key, added);
    return added;
  }

  /** How long requests wait until they are processed: all kinds alike, or each its own. */
  delay(delayMs: number | Partial<Delays>): void {
    const all = typeof delayMs === 'number' ? { create: delayMs, note: delayMs, close: delayMs } : delayMs;
    Object.assign(this.account.processing.delays, all);
  }

  get state(): object {
    const requests = [...this.account.requests.values()];
    return { keys: [...this.keys.values()], alerts: this.alerts, requests };
  }

  override reset(): void {
    super.reset();
    this.keys.clear();
    this.account.reset();
    Object.assign(this.rules, USUAL);
  }

  command(name: string, body: unknown): unknown {
    return runCommand(this, name, body);
  }

  protected operationOf(request: StandInRequest): string {
    return asked(request)?.operation ?? `${request.method} ${request.url.pathname}`;
  }

  protected credentialOf({ headers }: StandInRequest): string | undefined {
    return /^GenieKey (.+)$/.exec(headers.authorization ?? '')?.[1];
  }

  protected answer(request: StandInRequest): StandInAnswer {
    const credential = this.credentialOf(request) ?? '';
    const key = this.keys.get(credential);
    const what = asked(request);
    const isElsewhere = key?.api !== undefined && what !== undefined && what.api !== key.api;
    const isAtJsm = request.url.pathname.startsWith(`${JSM}/`);
    if (this.rules.strictKeys && !KEY_FORM.test(credential)) return refuse(422, 'Key format is not valid!');
    if (!key?.enabled || isElsewhere)
      return isAtJsm ? refuseAtGateway(401, 'Unauthorized') : refuse(401, 'Could not authenticate');
    const isThere = what && (this.rules.jsmTellsStatus || !isAtJsm || what.operation !== 'request-status');
    if (!isThere)
      return isAtJsm
        ? refuseAtGateway(404, 'HTTP 404 Not Found')
        : refuse(404, 'There is no such handler in this stand-in.');
    const right = request.method === 'GET' ? 'read' : 'create-and-update';
    if (!key.rights.includes(right))
      return refuse(403, 'You are not authorized to perform this operation', { code: 40301 });
    return this.#perform(what, request, key.key);
  }

  #perform({ api, operation, id }: Asked, { url, body, headers }: StandInRequest, key: string) {
    const byAlias = url.searchParams.get('identifierType') === 'alias';
    if (operation === 'request-status') {
      const request = this.account.requests.get(id);
      return request ? requestStatus(request) : notProcessed();
    }
    if (operation === 'get-alert') {
      const alert = byAlias ? this.account.openAlert(id) : this.account.alertById(id);
      return alert ? alertAnswer(alert) : refuse(404, 'Alert does not exist');
    }
    if (headers['content-type']?.split(';')[0] !== 'application/json')
      return refuse(415, 'Content type must be application/json.');
    const read = readBody(operation, body);
    if (!('body' in read)) {
      if (read.status === 400) return refuse(400, 'Request body could not be parsed as JSON.');
      const message = 'Request body is not processable. Please check the errors.';
      return refuse(422, message, { errors: read.errors });
    }
    const alias =
      operation === 'create' && 'alias' in read.body
        ? read.body.alias
        : byAlias
          ? id
          : this.account.alertById(id)?.alias;
    return taken(this.account.take(operation, alias ?? id, read.body, { api, key }));
  }
}
