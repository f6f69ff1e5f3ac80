import { newId } from '../domain/index.js';
import type { ClusterNodeEntity, ClusterTls } from '../persistence/index.js';
import type { Registration } from './cluster.schema.js';

/** Only the members that were given: an absent one must stay absent in the stored JSON. */
export function tlsOf(tls: Registration['tls']): ClusterTls {
  return {
    ...(tls?.caCertificate === undefined ? {} : { caCertificate: tls.caCertificate }),
    ...(tls?.servername === undefined ? {} : { servername: tls.servername }),
    ...(tls?.insecure === undefined ? {} : { insecure: tls.insecure }),
  };
}

/** The nodes as rows. A node whose address was there before keeps its id, and with it its issues and observations. */
export function nodesOf(
  clusterId: string,
  wanted: Registration['nodes'],
  present: readonly ClusterNodeEntity[],
): ClusterNodeEntity[] {
  return wanted.map(({ address, cores, memoryBytes }, position) => {
    const id = present.find((node) => node.address === address)?.id ?? newId();
    return { id, clusterId, position, address, cores: cores ?? null, memoryBytes: memoryBytes ?? null };
  });
}
