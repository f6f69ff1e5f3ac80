import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../config/index.js';
import { readOrCreateKeyFile, UnusableKey } from './key-file.js';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_CHARACTERS = 8;
const KEY_FILE = 'secret-key';

/** A sealed text cannot be opened: another key, another row, or damaged. `message` holds nothing of the content. */
export class SecretUnreadable extends Error {
  constructor(reason: string) {
    super(`A stored credential cannot be read: ${reason}`);
    this.name = 'SecretUnreadable';
  }
}

/**
 * Seals texts with AES-256-GCM as `v1.<key id>.<iv>.<ciphertext and tag>` (base64url). `owner` names the row that the
 * text belongs to (`integration:<id>`): moved to another row it does not open.
 */
export class SecretBox {
  private readonly keyId: string;

  constructor(private readonly key: Buffer) {
    if (key.length !== KEY_BYTES) throw new UnusableKey(`The secret key must have ${KEY_BYTES} bytes.`);
    this.keyId = createHash('sha256').update(key).digest('base64url').slice(0, KEY_ID_CHARACTERS);
  }

  seal(plaintext: string, owner: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.keyId, iv.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Throws `SecretUnreadable` when it was sealed with another key or for another owner, or is damaged. */
  open(sealed: string, owner: string): string {
    const [version, keyId, iv, content] = sealed.split('.');
    if (version !== VERSION || keyId === undefined || iv === undefined || content === undefined) {
      throw new SecretUnreadable('it is damaged.');
    }
    if (keyId !== this.keyId) {
      throw new SecretUnreadable(
        `it was sealed with key ${keyId}, the present SPILLWAY_SECRET_KEY is ${this.keyId}.`,
      );
    }
    try {
      const bytes = Buffer.from(content, 'base64url');
      const decipher = createDecipheriv(CIPHER, this.key, Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new SecretUnreadable('it is damaged or belongs to something else.');
    }
  }
}

/**
 * The hub's secret box: with the key of SPILLWAY_SECRET_KEY, or, on the embedded database, with one that is generated
 * into the data directory. A shared database needs the setting: every hub on it must have the same key.
 */
export async function openSecretBox(settings: Settings): Promise<SecretBox> {
  if (settings.SPILLWAY_SECRET_KEY !== undefined) {
    return new SecretBox(Buffer.from(settings.SPILLWAY_SECRET_KEY, 'base64'));
  }
  if (settings.DATABASE_URL !== undefined) {
    throw new UnusableKey(
      'SPILLWAY_SECRET_KEY is needed with DATABASE_URL: 32 bytes in base64, as `openssl rand -base64 32` makes them.',
    );
  }
  const path = join(settings.SPILLWAY_DATA_DIR, KEY_FILE);
  const text = await readOrCreateKeyFile(path, () => `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new UnusableKey(
      `The key file ${path} does not hold ${KEY_BYTES} bytes in base64. Restore it from a backup.`,
    );
  }
  return new SecretBox(key);
}
