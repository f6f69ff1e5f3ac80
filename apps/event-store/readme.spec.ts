import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../libs/event-store/configuration/index.js';
import { silentLogger } from '../../libs/observability/logging/index.js';
import { readArguments } from './arguments.js';
import { HELP } from './help.js';
import { receiverCatalog } from './receiver-catalog.js';

const README = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const catalog = receiverCatalog(silentLogger);
const directory = mkdtempSync(join(tmpdir(), 'spillway-event-store-readme-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What the first column of each table below a heading has in code marks. */
function keysBelow(heading: string): string[][] {
  const [, after = ''] = `\n${README}`.split(`\n${heading}\n`);
  const [section = ''] = after.split(/\n##/);
  const tables = section.split(/^\| -.*$/m).slice(1);
  return tables.map((table) =>
    [...table.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, key]) => key!),
    ),
  );
}

const keysOf = (...types: readonly string[]): string[] => {
  const shapes = types
    .map((type) => catalog.findKind(type))
    .filter((kind) => kind !== undefined && 'schema' in kind);
  return [...new Set(shapes.flatMap(({ schema }) => Object.keys(schema.shape)))].sort();
};
const absent = (keys: readonly string[]): Record<string, null> =>
  Object.fromEntries(keys.map((key) => [key, null]));

describe('the guide for operators', () => {
  it('names keys of storage and API that are known', () => {
    const [storage = []] = keysBelow('### Storage');
    const [api = []] = keysBelow('### API');
    const ofBackend = storage
      .filter((key) => key.startsWith('backend.'))
      .map((key) => key.replace('backend.', ''));
    const ofStorage = storage.filter((key) => !key.startsWith('backend.'));
    expect([ofStorage.length, ofBackend.length, api.length]).toEqual([6, 8, 7]);
    const path = join(directory, 'config.json');
    const backend = { ...absent(ofBackend), type: 'postgres', database_path: 'events' };
    writeFileSync(
      path,
      JSON.stringify({ receivers: {}, storage: { ...absent(ofStorage), backend }, api: absent(api) }),
    );
    const { warnings } = loadConfiguration(path, catalog);
    expect(warnings.filter((warning) => warning.includes('not known'))).toEqual([]);
  });

  it('names every key of every receiver, and no other', () => {
    const [, listeners = [], nats = []] = keysBelow('### Receivers');
    expect(listeners.sort()).toEqual(keysOf('http', 'eecpt'));
    expect(nats.sort()).toEqual(keysOf('nats'));
    for (const type of catalog.types) expect(README).toContain(`\`${type}\``);
  });

  it('names options that there are, as the help does', () => {
    const [options = []] = keysBelow('# The event store');
    const words = options.map((option) => option.split(' '));
    expect(words.map(([name]) => name)).toEqual(['-config', '-loglevel', '-logdate', '-version', '-help']);
    for (const [name, value] of words) {
      expect(HELP).toContain(`  ${name}`);
      const args = value === undefined ? [name!] : [name!, value === 'LEVEL' ? 'warn' : value];
      expect(() => readArguments(args)).not.toThrow();
    }
  });

  it('shows commands that are understood', () => {
    const commands = README.matchAll(/^ {4,}npx spillway-event-store (.*)$/gm);
    const args = [...commands].map(([, line]) => line!.split(' '));
    expect(args).toHaveLength(3);
    expect(args.map((words) => readArguments(words).command)).toEqual(['run', 'import', 'import']);
  });
});
