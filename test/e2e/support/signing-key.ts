import { loadSettings } from '../../../libs/config/index.js';
import { systemClock } from '../../../libs/domain/index.js';
import { openSecretBox, SigningKeys } from '../../../libs/identity/index.js';
import type { SigningKey } from '../../../libs/identity/keys/signing-key.js';
import { silentLogger } from '../../../libs/observability/index.js';
import { connectToRunning, createDataSource, Database } from '../../../libs/persistence/index.js';
import type { World } from './world.js';

/** The key that a hub with the embedded database signs with, for forging tokens. */
export async function signingKeyOf({ directory }: World): Promise<SigningKey> {
  const box = await openSecretBox(loadSettings({ SPILLWAY_DATA_DIR: directory }), silentLogger);
  const dataSource = createDataSource({ url: (await connectToRunning(directory))!, poolSize: 1 });
  await dataSource.initialize();
  try {
    const keys = await new SigningKeys(new Database(dataSource), box, systemClock, silentLogger).read();
    return keys[0]!.key;
  } finally {
    await dataSource.destroy();
  }
}
