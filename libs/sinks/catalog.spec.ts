import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../config/index.js';
import { SINKS } from './catalog.js';

const ROOM = import.meta.dirname;
const FILES = [
  'README.md',
  'index.ts',
  '$.sink.ts',
  '$.schema.ts',
  '$.format.ts',
  '$.classify.ts',
  '$.sink.spec.ts',
];
const folderOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('the catalog', () => {
  it('lists every folder of this room, each once', async () => {
    const entries = await readdir(ROOM, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(SINKS.map(({ kind }) => folderOf(kind)).toSorted()).toEqual(folders.toSorted());
  });

  it.each(SINKS)(
    'has $kind complete',
    async ({ kind, sources, defaultSource, display, secrets, apiUrlSetting }) => {
      const folder = folderOf(kind);
      for (const file of FILES) await access(join(ROOM, folder, file.replace('$', folder)));
      expect(sources).toContain(defaultSource);
      expect(Object.keys(secrets.shape)).toEqual(expect.arrayContaining(Object.keys(display)));
      expect(SETTINGS).toHaveProperty(apiUrlSetting);
    },
  );
});
