import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../config/index.js';
import { DELIVERING_KINDS, SINKS, STREAM_KINDS, streamTraitsOf, traitsOf } from './catalog.js';

const ROOM = import.meta.dirname;
const FILES = ['README.md', 'index.ts'];
const FILES_OF_ITS_OWN = ['schema', 'probe', 'probe.spec', 'sink', 'format', 'classify', 'sink.spec'];
const folderOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('the catalog', () => {
  it('lists every folder of this room, each once', async () => {
    const entries = await readdir(ROOM, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(SINKS.map(({ kind }) => folderOf(kind)).toSorted()).toEqual(folders.toSorted());
  });

  it.each(SINKS)('has $kind complete', async (sink) => {
    const { kind, sources, defaultSource, config, display, secrets, apiUrlSetting } = sink;
    const folder = folderOf(kind);
    for (const file of [...FILES, ...FILES_OF_ITS_OWN.map((role) => `${folder}.${role}.ts`)])
      await access(join(ROOM, folder, file));
    expect(sources).toContain(defaultSource);
    expect(Object.keys(display)).toEqual(Object.keys(secrets.shape));
    for (const name of [...Object.keys(secrets.shape), ...Object.values(display)])
      expect(config.shape).not.toHaveProperty(name);
    expect(SETTINGS).toHaveProperty(apiUrlSetting);
  });

  it('knows which sinks issues go to, and which streams', () => {
    expect(DELIVERING_KINDS).toEqual(['opsGenie', 'slack']);
    expect(STREAM_KINDS).toEqual(['awsCloudWatchLogs', 'awsCloudWatchMetrics']);
    expect(traitsOf('slack').keyed).toBe(false);
    expect(streamTraitsOf('awsCloudWatchLogs').restMs).toBe(1_000);
    expect(() => traitsOf('awsCloudWatchLogs')).toThrow();
    expect(() => streamTraitsOf('slack')).toThrow();
  });
});
