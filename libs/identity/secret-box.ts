import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { UnusableKey } from './key-file.js';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
export const SECRET_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_CHARACTERS = 8;

/** A sealed text cannot be opened: another key, another row, or damaged. `message` holds nothing of the content. */
export class SecretUnreadable extends Error {
  constructor(reason: string) {
    super(`A stored credential cannot be read: ${reason}`);
    this.name = 'SecretUnreadable';
  }
}

/**
 * The keys of a secret box at present: the first one seals, all of them open. As long as they are the same it must
 * answer the same array; it is asked at every sealing, and whenever a key is missing.
 */
export type SecretKeySource = () => readonly Buffer[];

interface Ring {
  readonly keys: readonly Buffer[];
  readonly byId: ReadonlyMap<string, Buffer>;
  readonly sealing: { readonly id: string; readonly key: Buffer };
}

/**
 * Seals texts with AES-256-GCM as `v1.<key id>.<iv>.<ciphertext and tag>` (base64url). `owner` names the row that the
 * text belongs to (`integration:<id>`): moved to another row it does not open. One key seals; earlier ones only open.
 */
export class SecretBox {
  private readonly source: SecretKeySource;
  private ring: Ring;

  /** Throws `UnusableKey` when there is no key, or one has another length than 32 bytes. */
  constructor(keys: Buffer | SecretKeySource) {
    const single = Buffer.isBuffer(keys) ? [keys] : undefined;
    this.source = single ? () => single : (keys as SecretKeySource);
    this.ring = ringOf(this.source());
  }

  /** What texts sealed now begin with: `v1.<key id>.`. */
  get presentPrefix(): string {
    return `${VERSION}.${this.present().sealing.id}.`;
  }

  seal(plaintext: string, owner: string): string {
    const { id, key } = this.present().sealing;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, id, iv.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Throws `SecretUnreadable` when it was sealed with a key that is not here or for another owner, or is damaged. */
  open(sealed: string, owner: string): string {
    const [version, keyId, iv, content] = sealed.split('.');
    if (version !== VERSION || keyId === undefined || iv === undefined || content === undefined) {
      throw new SecretUnreadable('it is damaged.');
    }
    const key = this.ring.byId.get(keyId) ?? this.present().byId.get(keyId);
    if (key === undefined) throw new SecretUnreadable(this.missing(keyId));
    try {
      const bytes = Buffer.from(content, 'base64url');
      const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new SecretUnreadable('it is damaged or belongs to something else.');
    }
  }

  private present(): Ring {
    const keys = this.source();
    if (keys !== this.ring.keys) this.ring = ringOf(keys);
    return this.ring;
  }

  private missing(keyId: string): string {
    const earlier = [...this.ring.byId.keys()].filter((id) => id !== this.ring.sealing.id);
    const others = earlier.length === 0 ? '' : `, earlier ones are ${earlier.join(', ')}`;
    return (
      `it was sealed with key ${keyId}, the present secret key is ${this.ring.sealing.id}${others}. ` +
      'Put the missing one into SPILLWAY_SECRET_KEY_PREVIOUS.'
    );
  }
}

function ringOf(keys: readonly Buffer[]): Ring {
  const byId = new Map<string, Buffer>();
  for (const key of keys) {
    if (key.length !== SECRET_KEY_BYTES)
      throw new UnusableKey(`A secret key must have ${SECRET_KEY_BYTES} bytes; one has ${key.length}.`);
    byId.set(createHash('sha256').update(key).digest('base64url').slice(0, KEY_ID_CHARACTERS), key);
  }
  const [first] = byId;
  if (first === undefined) throw new UnusableKey('There is no secret key.');
  return { keys, byId, sealing: { id: first[0], key: first[1] } };
}
