import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import {
  SigningKeyStore,
  type Database,
  type Queryable,
  type SigningKeyEntity,
} from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import { UnusableKey } from '../key-file.js';
import { SecretUnreadable, type SecretBox } from '../secret-box.js';
import { endOf, keysAt } from './key-times.js';
import { SigningKey } from './signing-key.js';

/** Where the one key was before keys were in the database. */
const FORMER_KEY_FILE = 'signing-key.pem';

/** A signing key with when it begins to sign. */
export interface StoredKey {
  readonly id: string;
  readonly key: SigningKey;
  readonly signsFrom: Date;
}

export const signingKeyOwner = (id: string): string => `signing-key:${id}`;

/** The signing keys in the database: shared by all hubs on it, sealed with the secret key. */
export class SigningKeys {
  private readonly store = new SigningKeyStore();
  /** By sealed text: opening and parsing a key takes a millisecond, and who verifies with it prepares it once, too. */
  private opened = new Map<string, SigningKey>();
  private readonly warned = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Those that can be opened, in the order in which they begin to sign. The others are left out, with a warning once. */
  async read(db: Queryable = this.database): Promise<StoredKey[]> {
    const opened = new Map<string, SigningKey>();
    const keys: StoredKey[] = [];
    for (const row of await this.store.list(db)) {
      const key = this.opened.get(row.privateKey) ?? (await this.open(row));
      if (key === undefined) continue;
      opened.set(row.privateKey, key);
      keys.push({ id: row.id, key, signsFrom: row.signsFrom });
    }
    this.opened = opened;
    return keys;
  }

  /**
   * Makes sure that there is a key that can be used: with an empty table the one of the former `signing-key.pem`, if it
   * is there, else a new one. Of several hubs that start at once one does it. Throws `UnusableKey` for a bad file, and
   * when there are keys and none opens: whoever has another secret key than the other hubs on the database would break
   * what works. Unless that key is lost for good: then those rows are removed, and a new one is made.
   */
  async ensure(dataDirectory: string, { isSecretKeyLost = false } = {}): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      if ((await this.read(tx)).length > 0) return;
      const unreadable = await this.store.list(tx);
      if (unreadable.length > 0 && !isSecretKeyLost) throw this.otherSecretKey(unreadable);
      await this.store.remove(
        tx,
        unreadable.map(({ id }) => id),
      );
      // A key whose row is there but does not open may have been replaced for a reason: it must not come back.
      const isFirst = unreadable.length === 0;
      const former = isFirst ? await formerKey(join(dataDirectory, FORMER_KEY_FILE)) : undefined;
      await this.insert(tx, former ?? (await SigningKey.generate()), this.clock.now());
      const event = former ? 'signing_key.imported' : 'signing_key.generated';
      this.logger.info({ event, ...(former && { file: FORMER_KEY_FILE }) });
    });
  }

  private otherSecretKey(unreadable: readonly SigningKeyEntity[]): UnusableKey {
    const ids = new Set(unreadable.map(({ privateKey }) => privateKey.split('.')[1]));
    return new UnusableKey(
      `What this database keeps is sealed with the secret key ${[...ids].join(', ')}; this hub has another one ` +
        `(${this.box.presentPrefix.split('.')[1]}). Give it that key, as SPILLWAY_SECRET_KEY or as the file secret-key of the data ` +
        'directory. If it is lost for good, set SPILLWAY_SECRET_KEY_LOST=true once, and enter all credentials anew.',
    );
  }

  /**
   * Adds a key that begins to sign in `overlapMs`, and removes those that are accepted no more. Resolves with it and the
   * one that it replaces, with its end.
   */
  async rotate(
    overlapMs: number,
  ): Promise<{ next: StoredKey; present: StoredKey | undefined; presentEnds: Date | undefined }> {
    const key = await SigningKey.generate();
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      const now = this.clock.now();
      const signsFrom = new Date(now.getTime() + overlapMs);
      await this.insert(tx, key, signsFrom);
      const keys = await this.read(tx);
      const accepted = new Set(keysAt(keys, now)?.accepted);
      await this.store.remove(
        tx,
        keys.flatMap((one) => (accepted.has(one) ? [] : [one.id])),
      );
      await new Audit(this.clock).record(tx, {
        service: 'identity',
        action: 'signing-key.added',
        resource: { 'signing-keys': key.id },
        message: `Signing key ${key.id} was added; it signs from ${signsFrom.toISOString()}`,
      });
      const next = keys.find(({ id }) => id === key.id)!;
      const present = keys[keys.indexOf(next) - 1];
      return { next, present, presentEnds: present && endOf(present, keys) };
    });
  }

  private async insert(db: Queryable, key: SigningKey, signsFrom: Date): Promise<void> {
    const { id, privatePem, jwk } = key;
    const privateKey = this.box.seal(privatePem, signingKeyOwner(id));
    await this.store.insert(db, { id, privateKey, jwk: { ...jwk }, createdAt: this.clock.now(), signsFrom });
  }

  private async open({ id, privateKey }: SigningKeyEntity): Promise<SigningKey | undefined> {
    try {
      const pem = this.box.open(privateKey, signingKeyOwner(id));
      return await SigningKey.fromPem(pem, `The row ${id} of signing_keys`);
    } catch (error) {
      if (!(error instanceof SecretUnreadable) && !(error instanceof UnusableKey)) throw error;
      if (!this.warned.has(id)) {
        this.warned.add(id);
        this.logger.warn(
          { event: 'signing_key.unreadable', keyId: id, reason: error.message },
          'a signing key cannot be opened: this hub refuses the access tokens that it signed, their holders must get new ones. ' +
            'All hubs on one database need the same secret key; an earlier one belongs into SPILLWAY_SECRET_KEY_PREVIOUS.',
        );
      }
      return undefined;
    }
  }
}

async function formerKey(path: string): Promise<SigningKey | undefined> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UnusableKey(
      `The key file ${path} cannot be read (${code}). Give this user the right to read it.`,
    );
  }
  return SigningKey.fromPem(pem, `The key file ${path}`);
}
