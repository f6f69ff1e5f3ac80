import type { SinkDefinition, SinkSecrets } from '../sinks/index.js';

const SHOWN_CHARACTERS = 4;
/** Of a shorter secret, four characters would give away too much. */
const MIN_CHARACTERS_TO_SHOW = 12;
const MASK = '****';

/** A secret as it may be shown: at most its last four characters. */
export const maskSecret = (secret: string): string =>
  secret.length < MIN_CHARACTERS_TO_SHOW ? MASK : `${MASK}${secret.slice(-SHOWN_CHARACTERS)}`;

/** The `…Display` members of `data` for these secrets. */
export function displayOf(definition: SinkDefinition, secrets: SinkSecrets): Record<string, string> {
  const display: Record<string, string> = {};
  for (const [member, shownAs] of Object.entries(definition.display)) {
    const secret = secrets[member];
    if (secret !== undefined) display[shownAs] = maskSecret(secret);
  }
  return display;
}
