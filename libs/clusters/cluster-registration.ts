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
    const before = present.find((node) => node.address === address);
    const own = { id: before?.id ?? newId(), clusterId, position, address };
    const reportedCores = before?.reportedCores ?? null;
    return { ...own, cores: cores ?? null, reportedCores, memoryBytes: memoryBytes ?? null };
  });
}
