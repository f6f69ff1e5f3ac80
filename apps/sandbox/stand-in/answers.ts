import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Fault } from './faults.js';

/** What is answered to one request. A text is sent as it is, anything else as JSON, `undefined` as nothing. */
export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const textOf = (body: unknown): string =>
  body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);

export function send(response: ServerResponse, { status, headers, body }: StandInAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(textOf(body));
}

/** Answers, or does not, as the fault says. `requestHeaders` are printed as a careless proxy would. */
export function sendFault(fault: Fault, response: ServerResponse, requestHeaders: IncomingHttpHeaders): void {
  switch (fault.kind) {
    case 'answer':
      return send(response, fault);
    case 'drop':
      return void response.destroy();
    case 'hang':
      return;
    case 'stall-body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      return void response.write('{"half":');
    case 'html': {
      const body = `<html><body>Sign in<pre>${JSON.stringify(requestHeaders)}</pre></body></html>`;
      return send(response, { status: fault.status ?? 200, headers: { 'content-type': 'text/html' }, body });
    }
    case 'redirect':
      return send(response, { status: 302, headers: { location: fault.location } });
  }
}
