import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { send, sendFault, type StandInAnswer } from './answers.js';
import { control } from './control.js';
import { FaultScript, takesEffect, type Fault } from './faults.js';

/** A request as it came in. */
export interface StandInRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One call, for those who look back. */
export interface RecordedCall {
  readonly at: Date;
  /** What the vendor calls it. */
  readonly operation: string;
  readonly path: string;
  /** The credential it came with: an API key, an access key id. */
  readonly credential: string | undefined;
  /** The fault it met, if any. */
  readonly fault?: Fault['kind'];
  /** The answer; absent when a fault kept the request from having any effect. */
  readonly answer?: StandInAnswer;
}

/**
 * What all stand-ins over plain HTTP have in common: the server on the loopback interface, the script of faults, the
 * record of calls, and `/_control/` for other processes. A stand-in says what a request is called, whose it is, and what
 * is answered.
 */
export abstract class HttpStandIn {
  readonly faults = new FaultScript();
  readonly calls: RecordedCall[] = [];
  readonly #events = new EventEmitter<{ called: [] }>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port: number | undefined;

  /** What it holds, for people: printed by `GET /_control/state`. */
  abstract get state(): object;
  /** Does what `POST /_control/<name>` says. Throws when it cannot. */
  abstract command(name: string, body: unknown): unknown;
  /** Forgets everything. */
  reset(): void {
    this.faults.clear();
    this.calls.length = 0;
  }
  protected abstract operationOf(request: StandInRequest): string;
  protected abstract credentialOf(request: StandInRequest): string | undefined;
  protected abstract answer(request: StandInRequest): StandInAnswer;

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    if (this.#port === undefined) throw new Error('the stand-in has not been started');
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens on 127.0.0.1; without a port on any free one. Rejects when the port is taken. */
  async start(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection. The state stays and can still be looked at. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Resolves when so many calls have come in altogether. */
  async whenCalled(count: number): Promise<void> {
    while (this.calls.length < count) await once(this.#events, 'called');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = 'GET', headers } = incoming;
      const url = new URL(incoming.url ?? '/', this.url);
      const request = { method, url, headers, body: await buffer(incoming) };
      if (url.pathname.startsWith('/_control/')) send(response, control(this, request));
      else this.#call(request, response);
    } catch (error) {
      // A client that hangs up in the middle of its request is no concern of ours.
      if (!response.headersSent) send(response, { status: 500, body: { error: String(error) } });
    }
  }

  #call(request: StandInRequest, response: ServerResponse): void {
    const operation = this.operationOf(request);
    const fault = this.faults.take(operation);
    const answer = takesEffect(fault) ? this.answer(request) : undefined;
    this.calls.push({
      at: new Date(),
      operation,
      path: request.url.pathname,
      credential: this.credentialOf(request),
      ...(fault ? { fault: fault.kind } : {}),
      ...(answer ? { answer } : {}),
    });
    if (fault) sendFault(fault, response, request.headers);
    else if (answer) send(response, answer);
    this.#events.emit('called');
  }
}
