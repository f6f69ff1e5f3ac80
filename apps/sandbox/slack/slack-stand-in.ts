import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { sendFault, sendJson } from './answers.js';
import { control } from './control.js';
import { FaultScript, type SlackFault } from './faults.js';
import { perform, type Answer } from './methods.js';
import { Workspace, type SlackMessage } from './workspace.js';

/** One call as it came in. */
export interface SlackRequest {
  readonly at: Date;
  readonly method: string;
  /** The bearer token it came with. */
  readonly token: string | undefined;
  readonly contentType: string | undefined;
  /** The form's members, undecoded beyond URL encoding. */
  readonly form: Readonly<Record<string, string>>;
  /** The fault it met, if any. */
  readonly fault?: SlackFault['kind'];
  /** What Slack would have answered; absent when a fault kept it from having any effect. */
  readonly answer?: Answer;
}

export interface SlackEvents {
  posted: [SlackMessage];
  updated: [SlackMessage];
  deleted: [SlackMessage];
  requested: [SlackRequest];
}

/**
 * A stand-in for Slack's Web API on the loopback interface: it keeps tokens, channels and messages with their whole
 * history, answers with Slack's quirks, fails as its script of faults says, and records every request.
 * Knows nothing of Spillway. Other processes drive it over `/_control/` (README.md).
 */
export class SlackStandIn {
  readonly workspace = new Workspace();
  readonly faults = new FaultScript();
  readonly events = new EventEmitter<SlackEvents>();
  readonly requests: SlackRequest[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #timers = new Set<NodeJS.Timeout>();
  #version = 0;
  #port: number | undefined;

  constructor() {
    for (const event of ['posted', 'updated', 'deleted'] as const) {
      this.workspace.events.on(event, (message) => this.#announce(event, message));
    }
  }

  /** Grows with every request and every change of a message. */
  get version(): number {
    return this.#version;
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    if (this.#port === undefined) throw new Error('the Slack stand-in has not been started');
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What goes into `SLACK_API_URL`. */
  get apiUrl(): string {
    return `${this.url}/api/`;
  }

  /** Listens on 127.0.0.1; without a port on any free one. Rejects when the port is taken. */
  async start(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection. The state stays and can still be looked at. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Forgets everything: tokens, channels, messages, faults, requests. */
  reset(): void {
    this.workspace.clear();
    this.faults.clear();
    this.requests.length = 0;
  }

  /** Resolves with the first result of `look` that is not undefined, null or false; looks now and after every event. */
  waitFor<Found>(look: (slack: this) => Found | undefined | null | false, timeoutMs = 5_000): Promise<Found> {
    return new Promise((resolve, reject) => {
      const stopLooking = this.onChange(() => {
        try {
          const found = look(this);
          if (found === undefined || found === null || found === false) return;
          end();
          resolve(found);
        } catch (error) {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      const timer = setTimeout(() => {
        end();
        reject(new Error(`what was waited for did not happen at the Slack stand-in within ${timeoutMs} ms`));
      }, timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        stopLooking();
      };
    });
  }

  /** Calls `listener` soon, and then after every event, until the returned function is called. */
  onChange(listener: () => void): () => void {
    const events = ['posted', 'updated', 'deleted', 'requested'] as const;
    for (const event of events) this.events.on(event, listener);
    queueMicrotask(listener);
    return () => {
      for (const event of events) this.events.off(event, listener);
    };
  }

  #announce<Event extends keyof SlackEvents>(event: Event, ...args: SlackEvents[Event]): void {
    this.#version += 1;
    (this.events as EventEmitter).emit(event, ...args);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', this.url);
      const body = await text(request);
      if (url.pathname.startsWith('/_control/')) await control(this, { request, response, url, body });
      else if (url.pathname.startsWith('/api/'))
        this.#serveApi(url.pathname.slice('/api/'.length), body, request, response);
      else sendJson(response, 404, { error: 'there is only /api/ and /_control/ here' });
    } catch (error) {
      // A client that hangs up in the middle of its request is no concern of ours.
      if (!response.headersSent) sendJson(response, 500, { error: String(error) });
    }
  }

  #serveApi(method: string, body: string, request: IncomingMessage, response: ServerResponse): void {
    const contentType = request.headers['content-type'];
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    const isForm = contentType?.startsWith('application/x-www-form-urlencoded') ?? false;
    const form = new URLSearchParams(isForm ? body : '');
    const fault = this.faults.take(method);
    const lands = fault === undefined || ('landed' in fault && fault.landed);
    const answer = lands
      ? this.#perform(method, token, form, isForm && request.method === 'POST')
      : undefined;
    this.#record(
      { at: new Date(), method, token, contentType, form: Object.fromEntries(form) },
      fault,
      answer,
    );
    const scopes = token === undefined ? undefined : this.workspace.tokens.get(token)?.scopes;
    if (scopes) response.setHeader('x-oauth-scopes', scopes.join(','));
    if (fault) {
      sendFault(fault, {
        response,
        answer,
        requestHeaders: request.headers,
        later: (ms, work) => this.#later(ms, work),
      });
    } else {
      sendJson(response, 200, answer);
    }
  }

  #perform(method: string, token: string | undefined, form: URLSearchParams, isFormPost: boolean): Answer {
    return isFormPost
      ? perform(this.workspace, method, token, form)
      : { ok: false, error: 'invalid_post_type' };
  }

  #record(request: SlackRequest, fault: SlackFault | undefined, answer: Answer | undefined): void {
    const recorded = { ...request, ...(fault ? { fault: fault.kind } : {}), ...(answer ? { answer } : {}) };
    this.requests.push(recorded);
    this.#announce('requested', recorded);
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }
}
