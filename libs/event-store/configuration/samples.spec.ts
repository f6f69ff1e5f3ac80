import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessor } from '../processing/index.js';
import { findReceiverKind, RECEIVER_KINDS } from '../receivers/index.js';
import { ConfigurationRig } from './configuration-rig.fixture.js';
import { loadConfiguration } from './load-configuration.js';
import type { ReceiverCatalog } from './receivers-section.js';

const SAMPLES = join(import.meta.dirname, '../../../apps/event-store/samples');
const rig = new ConfigurationRig();
const catalog: ReceiverCatalog = {
  types: RECEIVER_KINDS.map(({ type }) => type),
  findKind: findReceiverKind,
  createProcessor,
};
const sample = (name: string): unknown => JSON.parse(readFileSync(join(SAMPLES, name), 'utf8'));
const load = (configuration: unknown) => loadConfiguration(rig.write('config.json', configuration), catalog);

describe('the sample files', () => {
  it.each(['storage.json', 'storage-postgres.json'])('are understood to the last key, with %s', (storage) => {
    const names: Record<string, unknown> = { ...(sample('config.json') as object), 'storage-file': storage };
    const files = Object.entries(names).map(([key, name]) => [key, join(SAMPLES, String(name))]);
    const { receivers, warnings, notes } = load(Object.fromEntries(files));
    expect(receivers.map(({ name, kind, process }) => [name, kind.type, typeof process])).toEqual([
      ['jobs', 'nats', 'function'],
      ['collectors', 'http', 'undefined'],
    ]);
    expect([...warnings, ...notes]).toEqual([]);
  });
});

describe('files that operators of the original have', () => {
  const STORAGE = {
    retention_time: '48h',
    flush_time: '10s',
    backend: { type: 'sqlite', database_path: './mydata.db', username: 'myuser', password: 'mypass' },
  };
  const NATS = { type: 'nats', address: 'localhost', port: '4222' };
  const RECEIVERS = {
    testclusternats: { ...NATS, subject: 'testcluster' },
    meggienats: { ...NATS, subject: 'meggie' },
  };

  it('those of its repository work as they are', () => {
    const { receivers, storage, api, warnings } = load({
      receivers: RECEIVERS,
      storage: STORAGE,
      api: { addr: '127.0.0.1', port: '8098' },
    });
    expect(receivers.map(({ name }) => name)).toEqual(['testclusternats', 'meggienats']);
    expect(storage).toMatchObject({ retentionMs: 172_800_000, isStoringLogs: true });
    expect(storage.backend).toEqual({ type: 'sqlite', path: './mydata.db', flags: [] });
    expect(api).toMatchObject({ address: 'localhost', port: 8098 });
    expect(warnings).toHaveLength(3);
  });

  it('every documented key of every receiver is known', () => {
    const receivers = {
      http: {
        type: 'http',
        address: '',
        port: '8080',
        path: 'write',
        idle_timeout: '120s',
        keep_alives_enabled: true,
        username: 'u',
        password: 'p',
      },
      nats: { ...NATS, subject: 'a.*.>', user: 'u', password: 'p', nkey_file: '/path/to/a.creds' },
      eecpt: {
        type: 'eecpt',
        address: 'localhost',
        port: '8081',
        path: '/eecpt',
        idle_timeout: '120s',
        keep_alives_enabled: true,
        username: 'u',
        password: 'p',
        analysis_buffer_size: 4,
        analysis_interval: '5m',
        analysis_metric: 'region_metric',
      },
    };
    const { warnings } = load({ receivers, storage: STORAGE, api: {} });
    expect(warnings.filter((warning) => warning.includes('receivers'))).toEqual([]);
  });

  it('D35: receivers of metrics are left out, each with a warning, and do not stop the start', () => {
    const metrics = ['prometheus', 'ipmi', 'redfish'].map((type) => [
      type,
      { type, interval: '5s', password: 'marked' },
    ]);
    const { receivers, warnings } = load({
      receivers: Object.fromEntries(metrics),
      storage: { backend: STORAGE.backend },
      api: {},
    });
    expect(receivers).toEqual([]);
    for (const type of ['prometheus', 'ipmi', 'redfish'])
      expect(warnings).toContainEqual(
        expect.stringMatching(new RegExp(`"receivers\\.${type}" is left out: .*metrics`)),
      );
  });

  it('what is wrong in process_messages is named by its whole path', () => {
    const process_messages = {
      stage_order: ['no_stage'],
      add_tags_if: [{ key: 'cluster', value: 'a', if: 'name ==' }],
    };
    const receivers = { jobs: { ...RECEIVERS.meggienats, process_messages } };
    expect(() => load({ receivers, storage: STORAGE, api: {} })).toThrow(
      /"receivers\.jobs\.process_messages\.stage_order\.0" must be/,
    );
    expect(() => load({ receivers, storage: STORAGE, api: {} })).toThrow(
      /"receivers\.jobs\.process_messages\.add_tags_if\.0\.if" /,
    );
  });

  it('warnings of process_messages carry the path, too', () => {
    const receivers = { jobs: { ...RECEIVERS.meggienats, process_messages: { normalize_units: true } } };
    expect(load({ receivers, storage: STORAGE, api: {} }).warnings).toContainEqual(
      expect.stringContaining('"receivers.jobs.process_messages.normalize_units" is ignored'),
    );
  });
});
