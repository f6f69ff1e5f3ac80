import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SigningKey } from './signing-key.js';

describe('the signing key', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spillway-key-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is the same for all processes that start at once, and after a restart', async () => {
    const keys = await Promise.all([SigningKey.load(directory), SigningKey.load(directory)]);
    const again = await SigningKey.load(directory);
    expect(new Set([...keys, again].map(({ id }) => id)).size).toBe(1);
  });

  it('shows no private part', async () => {
    expect(Object.keys((await SigningKey.load(directory)).jwk).sort()).toEqual([
      'alg',
      'e',
      'kid',
      'kty',
      'n',
      'use',
    ]);
  });

  it('is refused by the name of its file when it is no RSA key', async () => {
    await writeFile(join(directory, 'signing-key.pem'), 'planted nonsense');
    const loading = SigningKey.load(directory);
    await expect(loading).rejects.toThrow(/signing-key\.pem holds no RSA private key/);
    await expect(loading).rejects.not.toThrow('planted');
  });

  it('is refused by the name of its file when that cannot be read', async () => {
    await mkdir(join(directory, 'signing-key.pem'));
    await expect(SigningKey.load(directory)).rejects.toThrow(/signing-key\.pem cannot be read \(EISDIR\)/);
  });
});
