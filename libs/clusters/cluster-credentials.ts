import { z } from 'zod';
import type { SecretBox } from '../identity/index.js';

const storedCredentials = z.object({ username: z.string(), password: z.string() });

/** For Basic authentication at the nodes. */
export type ClusterCredentials = z.output<typeof storedCredentials>;

const ownerOf = (clusterId: string): string => `cluster:${clusterId}`;

export function sealCredentials(box: SecretBox, clusterId: string, credentials: ClusterCredentials): string {
  const { username, password } = credentials;
  return box.seal(JSON.stringify({ username, password }), ownerOf(clusterId));
}

/** Throws `SecretUnreadable` when it was sealed with another key, or is damaged. */
export function openCredentials(box: SecretBox, clusterId: string, sealed: string): ClusterCredentials {
  return storedCredentials.parse(JSON.parse(box.open(sealed, ownerOf(clusterId))));
}
