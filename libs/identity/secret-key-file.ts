import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chmod, chown, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import { readOrCreateKeyFile, UnusableKey } from './key-file.js';
import { SECRET_KEY_BYTES } from './secret-box.js';

const KEY_FILE = 'secret-key';

export const newSecretKey = (): Buffer => randomBytes(SECRET_KEY_BYTES);

/** Throws `UnusableKey` naming the file and the line, never its content. */
function parse(text: string, path: string): Buffer[] {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.flatMap((line, index) => {
    if (line === '') return [];
    const key = Buffer.from(line, 'base64');
    if (key.length === SECRET_KEY_BYTES) return [key];
    throw new UnusableKey(
      `The key file ${path} does not hold ${SECRET_KEY_BYTES} bytes in base64 in line ${index + 1}. Restore it from a backup.`,
    );
  });
  if (keys.length > 0) return keys;
  throw new UnusableKey(
    `The key file ${path} does not hold ${SECRET_KEY_BYTES} bytes in base64: it is empty. Restore it from a backup.`,
  );
}

const textOf = (keys: readonly Buffer[]): string => keys.map((key) => `${key.toString('base64')}\n`).join('');

/**
 * The generated secret keys of an embedded database, in the file `secret-key` of its data directory: one in each line,
 * the first one seals. A running hub takes a changed file over by itself; one that is damaged or gone does not
 * change what it has, and is warned of once.
 */
export class SecretKeyFile {
  private mark: string;
  private held: readonly Buffer[];

  private constructor(
    private readonly path: string,
    private readonly logger: Logger,
  ) {
    this.mark = this.markOf();
    this.held = parse(readFileSync(path, 'utf8'), path);
  }

  /** Reads the file, or makes it with one new key. Throws `UnusableKey`. */
  static async open(dataDirectory: string, logger: Logger): Promise<SecretKeyFile> {
    const path = join(dataDirectory, KEY_FILE);
    await readOrCreateKeyFile(path, () => textOf([newSecretKey()]));
    return new SecretKeyFile(path, logger);
  }

  /** The keys that the file holds now. */
  keys(): readonly Buffer[] {
    const mark = this.markOf();
    if (mark === this.mark) return this.held;
    this.mark = mark;
    try {
      this.held = parse(readFileSync(this.path, 'utf8'), this.path);
      this.logger.info({ event: 'secret_key.changed', keys: this.held.length });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === undefined ? message : `The key file ${this.path} cannot be read (${code}).`;
      this.logger.warn({ event: 'secret_key.unreadable', reason }, 'going on with the secret keys of before');
    }
    return this.held;
  }

  /**
   * Puts a new key before those that are there: from now on it seals. Others must be kept from doing the same at the
   * same time.
   */
  async addKey(): Promise<void> {
    const present = parse(await readFile(this.path, 'utf8'), this.path);
    const draft = `${this.path}.${newId()}`;
    try {
      await writeFile(draft, textOf([newSecretKey(), ...present]), { flag: 'wx', mode: 0o600, flush: true });
      // Only what whoever may use the file now may use: the hub may run as another user than this command.
      const { mode, uid, gid } = statSync(this.path);
      await chmod(draft, mode & 0o777);
      if (process.getuid?.() === 0) await chown(draft, uid, gid);
      await rename(draft, this.path);
    } catch (error) {
      throw new UnusableKey(
        `The key file ${this.path} cannot be written (${(error as NodeJS.ErrnoException).code}). It is as it was.`,
      );
    } finally {
      await unlink(draft).catch(() => undefined);
    }
  }

  private markOf(): string {
    const found = statSync(this.path, { throwIfNoEntry: false, bigint: true });
    return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : 'none';
  }
}
