import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly license?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

/** Permissive, or copyleft by file only. `Python-2.0` is permissive too (argparse), and `Unlicense` gives up all rights (tweetnacl, by the NATS client: docs/decisions/0021). */
const LICENCES =
  /^(MIT|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|MPL-2\.0|BlueOak-1\.0\.0|Python-2\.0|Unlicense)$/;

describe('what package-lock.json brings in', async () => {
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  // What is not below it is ours: this package, and the commands of `bin`.
  const packages = Object.entries(lock.packages).filter(
    ([path, { link }]) => path.startsWith('node_modules/') && link !== true,
  );

  it('has a licence that we can live with', () => {
    const others = packages.filter(([, { license }]) => !LICENCES.test(license ?? ''));
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  it('names no registry, so that it installs from any', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});
