import type { SecretBox } from '../identity/index.js';
import type { SinkSecrets } from '../sinks/index.js';

const ownerOf = (integrationId: string): string => `integration:${integrationId}`;

export function sealSecrets(box: SecretBox, integrationId: string, secrets: SinkSecrets): string {
  return box.seal(JSON.stringify(secrets), ownerOf(integrationId));
}

/** Throws `SecretUnreadable` when they were sealed with another key, or are damaged. */
export function openSecrets(box: SecretBox, integrationId: string, sealed: string): SinkSecrets {
  return JSON.parse(box.open(sealed, ownerOf(integrationId))) as SinkSecrets;
}
