import type { SecretBox } from '../identity/index.js';
import type { SinkSecrets } from '../sinks/index.js';

const ownerOf = (integrationId: string): string => `integration:${integrationId}`;

/** Seals an integration's credentials for its row; in another row they do not open. */
export function sealSecrets(box: SecretBox, integrationId: string, secrets: SinkSecrets): string {
  return box.seal(JSON.stringify(secrets), ownerOf(integrationId));
}

/** Opens them. Throws `SecretUnreadable` when they were sealed with another key, or are damaged. */
export function openSecrets(box: SecretBox, integrationId: string, sealed: string): SinkSecrets {
  return JSON.parse(box.open(sealed, ownerOf(integrationId))) as SinkSecrets;
}
