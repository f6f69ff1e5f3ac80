import type { Settings } from '../config/index.js';
import type { Logger } from '../observability/index.js';
import { UnusableKey } from './key-file.js';
import { SecretBox } from './secret-box.js';
import { SecretKeyFile } from './secret-key-file.js';

const NEEDED =
  'SPILLWAY_SECRET_KEY is needed with DATABASE_URL: 32 bytes in base64, as `openssl rand -base64 32` makes them.';

type KeySettings = Pick<
  Settings,
  'DATABASE_URL' | 'SPILLWAY_DATA_DIR' | 'SPILLWAY_SECRET_KEY' | 'SPILLWAY_SECRET_KEY_PREVIOUS'
>;

/** Whether the secret key is in a file that we made ourselves. */
export const hasSecretKeyFile = (settings: KeySettings): boolean =>
  settings.SPILLWAY_SECRET_KEY === undefined && settings.DATABASE_URL === undefined;

/**
 * The hub's secret box: with the key of SPILLWAY_SECRET_KEY, or, on the embedded database, with those that are generated
 * into the data directory. Those of SPILLWAY_SECRET_KEY_PREVIOUS open as well. A shared database needs the setting: every
 * hub on it must have the same key. Throws `UnusableKey`.
 */
export async function openSecretBox(settings: KeySettings, logger: Logger): Promise<SecretBox> {
  const previous = settings.SPILLWAY_SECRET_KEY_PREVIOUS.map((text) => Buffer.from(text, 'base64'));
  if (settings.SPILLWAY_SECRET_KEY !== undefined) {
    const keys = [Buffer.from(settings.SPILLWAY_SECRET_KEY, 'base64'), ...previous];
    return new SecretBox(() => keys);
  }
  if (!hasSecretKeyFile(settings)) throw new UnusableKey(NEEDED);
  const file = await SecretKeyFile.open(settings.SPILLWAY_DATA_DIR, logger);
  let known: readonly Buffer[] | undefined;
  let all: readonly Buffer[] = [];
  return new SecretBox(() => {
    const keys = file.keys();
    if (keys !== known) all = [...keys, ...previous];
    known = keys;
    return all;
  });
}
