import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenerSettings } from './http.schema.js';

type Place = Pick<ListenerSettings, 'address' | 'port'>;

/** Receivers of this process that listen, by their ports: who takes a port that one of them has is told which. */
const namesByPort = new Map<number, string>();

/** Makes a server listen for the receiver of that name. Rejects with a sentence that names receiver, address and port. */
export async function listen(server: Server, name: string, place: Place): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const host = place.address.replace(/^\[(.*)\]$/, '$1');
      server.listen({ port: place.port, ...(host === '' ? {} : { host }) }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new Error(sentence(error as NodeJS.ErrnoException, name, place), { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  namesByPort.set(port, name);
  server.once('close', () => namesByPort.delete(port));
}

function sentence(error: NodeJS.ErrnoException, name: string, { address, port }: Place): string {
  const cannot = `The receiver "${name}" cannot listen on ${address || 'all addresses'}, port ${port}`;
  switch (error.code) {
    case 'EADDRINUSE': {
      const other = namesByPort.get(port);
      return other === undefined
        ? `${cannot}: another program listens there. Stop it, or give the receiver another port.`
        : `${cannot}: the receiver "${other}" listens there. Each receiver needs a port of its own.`;
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${cannot}: this machine has no such address.`;
    case 'EACCES':
      return `${cannot}: this user may not. Give the receiver a port above 1023.`;
    default:
      return `${cannot}: ${error.message}.`;
  }
}
