import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { PostgresSettings } from '../storage-settings.js';

/** `CommandComplete` of a COPY: the server has committed what came before it. */
const COPY_DONE = 'COPY ';

/** Passes on what is said between a client and PostgreSQL, and can cut them off at a bad moment. */
export class CuttingProxy {
  cuts = 0;
  private isArmed = false;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.accept(socket));

  private constructor(private readonly behind: PostgresSettings) {}

  static async before(behind: PostgresSettings): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(behind);
    await proxy.listen(0);
    return proxy;
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get place(): { readonly server: string; readonly port: number } {
    return { server: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  /** Keeps the answer to the next COPY to itself, and breaks the connection instead. */
  cutNextAnswerToCopy(): void {
    this.isArmed = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    const far = connect(this.behind.port, this.behind.server);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
        this.sockets.delete(socket);
      });
    }
    near.pipe(far);
    far.on('data', (data) => {
      if (this.isArmed && data.includes(COPY_DONE)) {
        this.isArmed = false;
        this.cuts += 1;
        near.destroy();
      } else near.write(data);
    });
  }
}
