/** Clusters by the second and third number of their addresses, nodes by the fourth: 127.<hi>.<lo>.<node + 1>. */
const FIRST = 16;

export const addressOf = (cluster: number, node: number, port: number): string =>
  `http://${hostOf(cluster, node)}:${port}`;

export const hostOf = (cluster: number, node: number): string =>
  `127.${FIRST + Math.floor(cluster / 256)}.${cluster % 256}.${node + 1}`;

export function clusterOf(host: string): { cluster: number; node: number } {
  const [, high = 0, low = 0, last = 0] = host.replace('::ffff:', '').split('.').map(Number);
  return { cluster: (high - FIRST) * 256 + low, node: last - 1 };
}
