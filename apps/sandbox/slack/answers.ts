import type { ServerResponse } from 'node:http';
import type { SlackFault } from './faults.js';
import type { Answer } from './methods.js';

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
};

/** What a request met with a fault has at hand. */
export interface FaultyExchange {
  readonly response: ServerResponse;
  /** What Slack would have answered; absent when the request had no effect. */
  readonly answer: Answer | undefined;
  /** The request's headers, as a careless proxy would print them. */
  readonly requestHeaders: unknown;
  /** Runs later, unless the stand-in stops before. */
  readonly later: (delayMs: number, work: () => void) => void;
}

function sendText(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}

function stallBody(response: ServerResponse, answer: Answer): void {
  const body = JSON.stringify(answer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2));
}

/** Answers, or does not, as the fault says. */
export function sendFault(fault: SlackFault, exchange: FaultyExchange): void {
  const { response, later, requestHeaders } = exchange;
  const answer = exchange.answer ?? { ok: false, error: 'fatal_error' };
  switch (fault.kind) {
    case 'rate-limit':
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
      return sendJson(response, 429, { ok: false, error: 'ratelimited' });
    case 'http':
      return sendText(response, fault.status, 'text/plain', fault.body ?? `HTTP ${fault.status}`);
    case 'error':
      return sendJson(response, 200, { ok: false, error: fault.code, ...fault.more });
    case 'drop':
      return void response.destroy();
    case 'stall-body':
      return stallBody(response, answer);
    case 'slow-headers':
      if (fault.delayMs !== undefined) later(fault.delayMs, () => sendJson(response, 200, answer));
      return;
    case 'html':
      return sendText(
        response,
        200,
        'text/html',
        `<html><body>Sign in<pre>${JSON.stringify(requestHeaders)}</pre></body></html>`,
      );
    case 'empty':
      return sendText(response, 200, 'application/json', '');
    case 'body':
      return sendText(response, 200, 'application/json', fault.body);
    case 'redirect':
      response.setHeader('location', fault.location);
      return sendText(response, 302, 'text/plain', '');
  }
}
