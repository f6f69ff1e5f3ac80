import type { FastifyAdapter } from '@nestjs/platform-fastify';

/** The server under Nest. */
export type HttpServer =
  FastifyAdapter extends FastifyAdapter<infer _S, infer _Q, infer _P, infer _R, infer _Y, infer Instance>
    ? Instance
    : never;

/** What our rooms read of a request. */
export interface HttpRequest {
  /** Correlation id: in the log, in the `x-request-id` header and in the text of a 500. */
  readonly id: string;
  readonly url: string;
  /** Address of the caller, as far as it can be known behind proxies. */
  readonly ip?: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: unknown;
  readonly routeOptions?: { readonly url?: string | undefined };
  /** Node's request: `destroyed` before it is `complete` when its sender went away, or was cut. */
  readonly raw?: { readonly complete: boolean; readonly destroyed: boolean };
}

/** What our rooms do with a reply. */
export interface HttpReply {
  readonly sent: boolean;
  headers(headers: Readonly<Record<string, string>>): this;
  header(name: string, value: string): this;
  status(code: number): this;
  type(contentType: string): this;
  send(body: string): unknown;
}
