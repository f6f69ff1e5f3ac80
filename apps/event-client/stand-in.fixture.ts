import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forEachPoint, LineProtocolError } from '../../libs/event-store/line-protocol/index.js';
import { answerQuery, BadQuery, readQueryRequest } from '../../libs/event-store/query/index.js';
import { RecordSorter, type EventRecord } from '../../libs/event-store/record/index.js';
import { MemoryReader } from '../../libs/event-store/testing/memory-reader.js';
import { runClient } from './client.js';
import type { Terminal } from './terminal.js';

/** How the next request is answered. `lost` stores and breaks off instead of answering. */
export type Manner =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'broken'
  | 'lost';

export const TOKEN = 'marked-token';

/** An event store in memory, below any path: writes and queries as the contract has them, and fails as it is told. */
export class StandIn {
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[] = [];
  readonly reader = new MemoryReader();
  /** Asked before every request; nothing means that all is well. */
  manner: (request: string) => Manner | undefined = () => undefined;
  /** By how much its clock is ahead. */
  aheadMs = 0;
  /** Entries of a page, whatever is asked for. */
  maxPage = Infinity;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** As if somebody had written it. */
  add(payload: string, timeMs: number, more: Partial<EventRecord> = {}): void {
    const record: EventRecord = {
      kind: 'event',
      cluster: 'tc',
      name: 'job',
      hostname: 'a',
      type: null,
      typeId: null,
      stype: null,
      stypeId: null,
      tags: null,
      fields: null,
      timeMs,
      payload,
      ...more,
    };
    this.reader.records.push({ ...record, id: this.reader.records.length + 1 });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const body = Buffer.concat(chunks);
    this.requests.push({ method, url, headers, body: body.toString() });
    const manner = this.manner(url);
    if (manner === 'broken') return void request.socket.destroy();
    const answer = manner === undefined || manner === 'lost' ? await this.serve(url, body) : manner;
    if (manner === 'lost') return void request.socket.destroy();
    response.setHeader('date', new Date(Date.now() + this.aheadMs).toUTCString());
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body ?? '');
  }

  private async serve(url: string, body: Buffer): Promise<Exclude<Manner, string>> {
    const { pathname, searchParams } = new URL(url, 'http://a');
    try {
      if (pathname.endsWith('/api/write/')) this.write(body, searchParams.get('cluster') ?? undefined);
      else if (pathname.endsWith('/api/query/')) return { status: 200, body: await this.query(body) };
      else return { status: 404, body: 'nothing here' };
      return { status: 200 };
    } catch (error) {
      if (!(error instanceof LineProtocolError || error instanceof BadQuery)) throw error;
      return { status: 400, body: JSON.stringify({ error: error.message }) };
    }
  }

  private write(body: Buffer, cluster: string | undefined): void {
    const sorter = new RecordSorter({ cluster });
    forEachPoint(body, { nowMs: Date.now() }, (point) => sorter.take(point));
    for (const record of sorter.records) this.add(record.payload, record.timeMs, record);
  }

  private async query(body: Buffer): Promise<string> {
    const request = readQueryRequest(body, Date.now());
    const queries = request.queries.map((query) => ({
      ...query,
      limit: Math.min(query.limit, this.maxPage),
    }));
    return JSON.stringify(await answerQuery({ ...request, queries }, this.reader));
  }
}

export interface Run {
  readonly code: Promise<number>;
  /** What was printed, and what was said, so far. */
  readonly output: () => string;
  readonly said: () => string;
  readonly end: () => void;
}

/** Runs the client within this process. */
export function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input: readonly string[] = [],
): Run {
  let [output, said] = ['', ''];
  const ending = new AbortController();
  const terminal: Terminal = {
    // oxlint-disable-next-line typescript/require-await
    input: (async function* () {
      for (const text of input) yield Buffer.from(text);
    })(),
    write: (text) => {
      output += text;
      return Promise.resolve();
    },
    say: (line) => void (said += `${line}\n`),
    signal: ending.signal,
  };
  return {
    code: runClient(args, environment, terminal),
    output: () => output,
    said: () => said,
    end: () => ending.abort(),
  };
}

/** Runs it to its end. */
export async function ran(...given: Parameters<typeof run>) {
  const { code, output, said } = run(...given);
  return { code: await code, output: output(), said: said() };
}
