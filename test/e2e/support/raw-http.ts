import { connect } from 'node:net';

/** A request as it goes over the wire: nothing is added to it. */
export interface RawRequest {
  readonly method: string;
  /** As in the request line: a path, or a whole URL. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | undefined;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the server ended the connection. */
  readonly isClosed: boolean;
}

const PATIENCE_MS = 15_000;

/** One request on a connection of its own. Rejects when there is no complete answer within 15 s. */
export function rawExchange(url: string, request: RawRequest): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const lines = request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const wire = `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n${request.body ?? ''}`;
  const waitsForEnd = request.headers.some(
    ([name, value]) => /^connection$/i.test(name) && value === 'close',
  );
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(wire));
    const give = (isClosed: boolean): boolean => {
      const answer = parse(Buffer.concat(chunks), isClosed);
      if (answer) resolve(answer);
      return answer !== undefined;
    };
    socket.setTimeout(PATIENCE_MS, () =>
      socket.destroy(new Error(`${request.method} ${request.target}: no answer`)),
    );
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (!waitsForEnd && give(false)) socket.destroy();
    });
    socket.on('end', () => {
      socket.end();
      if (!give(true)) reject(new Error(`${request.method} ${request.target}: half an answer`));
    });
    socket.on('error', reject);
  });
}

/** The answer, or nothing when there is only a part of it yet. */
function parse(bytes: Buffer, isClosed: boolean): RawResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  const body = bodyOf(rest, status, headers);
  return body === undefined ? undefined : { status, headers, body, isClosed };
}

function bodyOf(rest: Buffer, status: number, headers: Record<string, string>): string | undefined {
  if (status === 204) return rest.length === 0 ? '' : rest.toString();
  if (headers['transfer-encoding'] === 'chunked') return dechunked(rest);
  const length = Number(headers['content-length'] ?? 0);
  return rest.length < length ? undefined : rest.toString();
}

function dechunked(rest: Buffer): string | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(rest.subarray(at, lineEnd).toString(), 16);
    if (size === 0) return Buffer.concat(pieces).toString();
    pieces.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
