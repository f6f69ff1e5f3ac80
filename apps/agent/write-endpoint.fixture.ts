import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parseLines } from '../../libs/event-store/line-protocol/index.js';

/** How the hub takes the next request. `lost` keeps the lines and breaks off instead of answering. */
export type Manner =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'broken'
  | 'lost'
  | 'silent';

export const TOKEN = 'marked-ingest-token';

/** A hub's write endpoint, and nothing else of it: keeps what it takes, in order, and fails as it is told. */
export class WriteEndpoint {
  readonly requests: { readonly url: string; readonly lineCount: number; readonly bytes: number }[] = [];
  /** Of log lines: their text. */
  readonly lines: string[] = [];
  /** Of everything: line protocol. */
  readonly raw: string[] = [];
  /** How many requests there were. */
  asked = 0;
  /** Asked before every request; nothing means that all is well. */
  manner: (body: string) => Manner | undefined = () => undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.asked += 1;
    const body = gunzipSync(Buffer.concat(chunks)).toString();
    const manner =
      request.headers.authorization === `Bearer ${TOKEN}` ? this.manner(body) : { status: 401, body: 'who?' };
    if (manner === undefined || manner === 'lost') this.#keep(body, request.url ?? '');
    if (manner === 'silent') return;
    if (manner === 'broken' || manner === 'lost') return void request.socket.destroy();
    response.writeHead(manner?.status ?? 200, manner?.headers);
    response.end(manner?.body ?? '');
  }

  #keep(body: string, url: string): void {
    const texts = body.split('\n').filter((text) => text !== '' && !text.startsWith('#'));
    this.requests.push({ url, lineCount: texts.length, bytes: Buffer.byteLength(body) });
    this.raw.push(...texts);
    for (const { series, fields } of parseLines(Buffer.from(body), { nowMs: Date.now() }))
      if (series.name === 'log') this.lines.push(String(fields.get('log')));
  }
}
