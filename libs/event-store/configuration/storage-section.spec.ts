import { describe, expect, it } from 'vitest';
import { ConfigurationRig, PLAIN } from './configuration-rig.fixture.js';

const rig = new ConfigurationRig();
const SQLITE = { type: 'sqlite', database_path: 'events.db' };
const POSTGRES = { type: 'postgres', database_path: 'events' };
const having = (storage: object) => ({ ...PLAIN, storage: { backend: SQLITE, ...storage } });
const withBackend = (backend: unknown) => ({ ...PLAIN, storage: { backend } });

describe('the storage section', () => {
  it('has the defaults of the original', () => {
    expect(rig.load(having({})).storage).toEqual({
      retentionMs: 86_400_000,
      logRetentionMs: undefined,
      isStoringLogs: true,
      backend: { type: 'sqlite', path: 'events.db', flags: [] },
      info: { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' },
    });
  });

  it('takes every key, and keeps durations as they are written for the statistics', () => {
    const { storage, warnings } = rig.load(
      having({
        retention_time: '1h30m',
        log_retention_time: '720h',
        flush_time: '0s',
        batch_size: 100,
        max_process: 50,
        store_logs: false,
      }),
    );
    expect(storage).toMatchObject({
      retentionMs: 5_400_000,
      logRetentionMs: 2_592_000_000,
      isStoringLogs: false,
    });
    expect(storage.info).toEqual({ retention_time: '1h30m', flush_time: '0s', backend_type: 'sqlite' });
    expect(warnings).toEqual([]);
  });

  it('D27: an empty retention_time is the default, with a warning', () => {
    const { storage, warnings } = rig.load(having({ retention_time: '' }));
    expect(storage.retentionMs).toBe(86_400_000);
    expect(storage.info.retention_time).toBe('24h');
    expect(warnings).toEqual([
      expect.stringContaining('"storage.retention_time" is empty; its default counts.'),
    ]);
  });

  it('D28: an empty flush_time is the default, with a warning', () => {
    const { storage, warnings } = rig.load(having({ flush_time: '' }));
    expect(storage.info.flush_time).toBe('1s');
    expect(warnings).toEqual([expect.stringContaining('"storage.flush_time" is empty; its default counts.')]);
  });

  it('an empty log_retention_time keeps logs for ever', () => {
    expect(rig.load(having({ log_retention_time: '' })).storage.logRetentionMs).toBeUndefined();
  });

  it.each([
    [{ retention_time: '0s' }, 'retention_time', 'must be longer than zero'],
    [{ retention_time: '-1h' }, 'retention_time', 'must be a duration that is not negative'],
    [
      { retention_time: '2d' },
      'retention_time',
      'must be a duration, such as "48h", "1h30m" or "500ms", not "2d"',
    ],
    [{ retention_time: 48 }, 'retention_time', 'must be text, not a number'],
    [{ log_retention_time: '0' }, 'log_retention_time', 'must be longer than zero'],
    [{ flush_time: 'soon' }, 'flush_time', 'must be a duration'],
    [{ batch_size: 0 }, 'batch_size', 'must be at least 1'],
    [{ batch_size: '20' }, 'batch_size', 'must be a number, not text'],
    [{ max_process: -1 }, 'max_process', 'must be at least 1'],
    [{ store_logs: 1 }, 'store_logs', 'must be true or false, not a number'],
  ])('refuses %j', (storage, key, reason) => {
    const { problems } = rig.refusal(having(storage));
    expect(problems).toEqual([expect.stringContaining(`"storage.${key}" ${reason}`)]);
  });

  it('says of what gathers messages in the original that it has no effect', () => {
    const { notes } = rig.load(having({ flush_time: '10s', batch_size: 20, max_process: 10 }));
    expect(notes.map((note) => /"storage\.(\w+)" has no effect/.exec(note)?.[1])).toEqual([
      'flush_time',
      'batch_size',
      'max_process',
    ]);
    expect(rig.load(having({})).notes).toEqual([]);
  });
});

describe('the backend', () => {
  it('sqlite takes a path and flags', () => {
    expect(
      rig.load(withBackend({ ...SQLITE, flags: ['_journal=WAL', '_timeout=5000'] })).storage.backend,
    ).toEqual({
      type: 'sqlite',
      path: 'events.db',
      flags: ['_journal=WAL', '_timeout=5000'],
    });
  });

  it('D32: username and password of sqlite are ignored with a warning that repeats neither', () => {
    const backend = { ...SQLITE, username: 'marked-user', password: 'marked-word' };
    const warnings = rig.warnings(withBackend(backend));
    expect(warnings).toEqual([
      'config.json: "storage.backend.username" is ignored: SQLite knows no users, so who may read the file decides.',
      'config.json: "storage.backend.password" is ignored: SQLite knows no users, so who may read the file decides.',
    ]);
  });

  it('D32: keys that the original documents in the backend, and does not find there, are pointed out', () => {
    expect(rig.warnings(withBackend({ ...SQLITE, retention_time: '48h', Store_Logs: false }))).toEqual([
      'config.json: "storage.backend.retention_time" is ignored here: it belongs beside "backend".',
      'config.json: "storage.backend.Store_Logs" is ignored here: it belongs beside "backend".',
    ]);
  });

  it('postgres has the defaults of the original', () => {
    expect(rig.load(withBackend(POSTGRES)).storage.backend).toEqual({
      type: 'postgres',
      server: 'localhost',
      port: 5432,
      database: 'events',
      username: undefined,
      password: undefined,
      connectionTimeoutMs: 1_000,
      flags: [],
    });
  });

  it('postgres takes every key, the port as text, too', () => {
    const backend = {
      ...POSTGRES,
      server: 'db.example.com',
      port: '6432',
      username: 'events',
      password: 'marked-word',
      connection_timeout: 5,
      flags: ['sslmode=disable'],
    };
    expect(rig.load(withBackend(backend)).storage.backend).toEqual({
      type: 'postgres',
      server: 'db.example.com',
      port: 6432,
      database: 'events',
      username: 'events',
      password: 'marked-word',
      connectionTimeoutMs: 5_000,
      flags: ['sslmode=disable'],
    });
  });

  it.each([
    [undefined, '', 'must be an object in braces, not nothing'],
    ['sqlite', '', 'must be an object in braces, not text'],
    [{}, '.type', 'must be "sqlite" or "postgres", not nothing'],
    [{ type: 'influx' }, '.type', 'must be "sqlite" or "postgres", not "influx"'],
    [{ type: 'constructor' }, '.type', 'must be "sqlite" or "postgres", not "constructor"'],
    [{ type: 5 }, '.type', 'must be "sqlite" or "postgres", not a number'],
    [{ type: 'sqlite', database_path: '' }, '.database_path', 'must not be empty'],
    [{ ...SQLITE, flags: '_journal=WAL' }, '.flags', 'must be a list, not text'],
    [{ ...SQLITE, flags: ['_journal=WAL', 5] }, '.flags.1', 'must be text, not a number'],
    [{ type: 'postgres' }, '.database_path', 'is missing: it must be text'],
    [{ ...POSTGRES, port: 0 }, '.port', 'must be a port from 1 to 65535, not 0'],
    [{ ...POSTGRES, port: [5432] }, '.port', 'must be a port from 1 to 65535, as text or as a number'],
    [{ ...POSTGRES, connection_timeout: -1 }, '.connection_timeout', 'must be at least 0'],
    [{ ...POSTGRES, connection_timeout: '1s' }, '.connection_timeout', 'must be a number, not text'],
    [{ ...POSTGRES, password: 5 }, '.password', 'must be text, not a number'],
  ])('refuses %j', (backend, key, reason) => {
    expect(rig.refusal(withBackend(backend)).problems).toEqual([
      `config.json: "storage.backend${key}" ${reason}.`,
    ]);
  });

  it('repeats no password, whatever is wrong with it', () => {
    const backend = { ...POSTGRES, password: ['marked-word'], username: { marked: 1 } };
    expect(rig.refusal(withBackend(backend)).problems.join()).not.toContain('marked');
  });
});
