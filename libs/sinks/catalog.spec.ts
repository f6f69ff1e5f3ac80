import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../config/index.js';
import { DELIVERING_KINDS, SINKS } from './catalog.js';

const ROOM = import.meta.dirname;
const FILES = ['README.md', 'index.ts', '$.schema.ts', '$.probe.ts', '$.probe.spec.ts'];
const FILES_OF_DELIVERY = ['$.sink.ts', '$.format.ts', '$.classify.ts', '$.sink.spec.ts'];
const folderOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('the catalog', () => {
  it('lists every folder of this room, each once', async () => {
    const entries = await readdir(ROOM, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(SINKS.map(({ kind }) => folderOf(kind)).toSorted()).toEqual(folders.toSorted());
  });

  it.each(SINKS)('has $kind complete', async (sink) => {
    const { kind, sources, defaultSource, config, display, secrets, apiUrlSetting, delivers } = sink;
    const folder = folderOf(kind);
    for (const file of delivers ? [...FILES, ...FILES_OF_DELIVERY] : FILES)
      await access(join(ROOM, folder, file.replace('$', folder)));
    expect(sources).toContain(defaultSource);
    expect(Object.keys(display)).toEqual(Object.keys(secrets.shape));
    for (const name of [...Object.keys(secrets.shape), ...Object.values(display)])
      expect(config.shape).not.toHaveProperty(name);
    expect(SETTINGS).toHaveProperty(apiUrlSetting);
  });

  it('knows which sinks something is delivered to', () => {
    expect(DELIVERING_KINDS).toEqual(['opsGenie', 'slack']);
  });
});
