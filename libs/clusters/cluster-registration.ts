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
  return wanted.map(({ address, cores }, position) => {
    const kept = present.find((node) => node.address === address);
    const { id = newId(), observations = {} } = kept ?? {};
    return { id, clusterId, position, address, cores: cores ?? null, observations };
  });
}
