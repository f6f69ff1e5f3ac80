import { connect, type Socket } from 'node:net';

/** What came back on a connection until the server ended it. */
export interface RawEnd {
  readonly text: string;
  readonly afterMs: number;
}

/** A bare TCP connection to a server, for what no HTTP client would send. */
export class RawConnection {
  readonly ended: Promise<RawEnd>;
  private text = '';

  /** The first piece of an answer came, or the connection ended without any. */
  readonly answered: Promise<void>;

  private constructor(private readonly socket: Socket) {
    const begunAt = performance.now();
    this.answered = new Promise((resolve) => {
      socket.once('data', () => resolve());
      socket.once('close', () => resolve());
    });
    this.ended = new Promise((resolve) => {
      socket.on('data', (chunk) => (this.text += chunk.toString('latin1')));
      // A server that has no time for us may reset the connection: that is an end as well.
      socket.on('error', () => undefined);
      socket.on('close', () => resolve({ text: this.text, afterMs: performance.now() - begunAt }));
    });
  }

  /** With `goesOn` it does not end its side when the server ends the other. */
  static async open(url: string, { goesOn = false } = {}): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: goesOn });
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return connection;
  }

  /** Sends these bytes and resolves with everything that came back until the server ended the connection. */
  static async exchange(url: string, request: string | Buffer): Promise<string> {
    const connection = await RawConnection.open(url);
    connection.send(request);
    return (await connection.ended).text;
  }

  send(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Sends a piece again and again until the connection has ended. */
  async drip(piece: string, everyMs: number): Promise<RawEnd> {
    const timer = setInterval(() => this.send(piece), everyMs);
    try {
      return await this.ended;
    } finally {
      clearInterval(timer);
    }
  }

  /** From now on nothing that comes back is read. */
  stopReading(): void {
    this.socket.pause();
  }

  goOnReading(): void {
    this.socket.resume();
  }

  /** What has come back until now. */
  get soFar(): string {
    return this.text;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Status and problem of a raw answer. Throws when its body is no JSON. */
export function readAnswer(text: string): { status: number; head: string; body: any } {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const content = rest.join('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]),
    head: head.toLowerCase(),
    body: content === '' ? undefined : JSON.parse(content),
  };
}
