import { relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog, ConfigurationRig, PLAIN } from './configuration-rig.fixture.js';
import { loadConfiguration } from './load-configuration.js';

const rig = new ConfigurationRig();
const MISSING = ['receivers', 'storage', 'api'].map(
  (name) => `has neither "${name}" nor "${name}-file": one of them must be present.`,
);

describe('the files of a configuration', () => {
  it('may be one, with all sections in it', () => {
    const { receivers, storage, api, warnings } = rig.load(PLAIN);
    expect(receivers.map(({ name, kind }) => [name, kind.type])).toEqual([['jobs', 'nats']]);
    expect(storage.backend).toEqual({ type: 'sqlite', path: 'events.db', flags: [] });
    expect(api.port).toBe(8088);
    expect(warnings).toEqual([]);
  });

  it('may be four, with paths relative to the working directory', () => {
    const files = Object.entries(PLAIN).map(([name, section]) => [
      `${name}-file`,
      relative(process.cwd(), rig.write(`${name}.json`, section)),
    ]);
    const path = rig.write('config.json', { main: {}, ...Object.fromEntries(files) });
    expect(loadConfiguration(path, catalog)).toEqual(rig.load(PLAIN));
  });

  it('D32: the key receiver-file of the README is taken, with a warning', () => {
    const { receivers, ...others } = PLAIN;
    const file = rig.write('receivers.json', receivers);
    expect(rig.load({ 'receiver-file': file, ...others }).receivers).toHaveLength(1);
    expect(rig.warnings({ 'receiver-file': file, ...others })).toEqual([
      'config.json: "receiver-file" is taken for "receivers-file", which it should be.',
    ]);
    expect(rig.warnings({ receiver: receivers, ...others })).toEqual([
      'config.json: "receiver" is taken for "receivers", which it should be.',
    ]);
  });

  it('the right key counts when the misspelt one is there, too', () => {
    const configuration = { 'receiver-file': 'nowhere.json', ...PLAIN };
    expect(rig.load(configuration).receivers).toHaveLength(1);
    expect(rig.warnings(configuration)).toEqual([
      'config.json: "receiver-file" is ignored: there is "receivers", too.',
    ]);
  });

  it('a file that is not there counts as empty, and everything that is missing is named', () => {
    expect(rig.refusalAt(rig.path('nowhere.json')).problems).toEqual([
      'nowhere.json is not there.',
      ...MISSING.map((sentence) => `nowhere.json ${sentence}`),
    ]);
  });

  it('says where it looked for a file whose path is relative to the working directory', () => {
    expect(rig.refusalAt('./none/config.json').problems[0]).toBe(
      `./none/config.json is not there: there is no file ${resolve('none/config.json')}.`,
    );
    const { storage: _, ...others } = PLAIN;
    expect(rig.refusal({ ...others, 'storage-file': './none.json' }).problems).toEqual([
      `./none.json is not there: there is no file ${resolve('none.json')}.`,
    ]);
  });

  it('an empty object lacks all three sections', () => {
    expect(rig.refusal({}).problems).toEqual(MISSING.map((sentence) => `config.json ${sentence}`));
  });

  it.each([
    ['null', 'null'],
    ['[]', 'a list'],
    ['"text"', 'text'],
    ['1', 'a number'],
  ])('a file that holds %s is refused', (text, name) => {
    expect(rig.refusal(text).problems).toEqual([`config.json must be an object in braces, not ${name}.`]);
  });

  it('names the file, the line and the column where JSON ends', () => {
    const storage = rig.write('storage.json', '{\n  "retention_time": "48h"\n  "backend": {}\n}');
    const { receivers, api } = PLAIN;
    expect(rig.refusal({ receivers, api, 'storage-file': storage }).problems).toEqual([
      'storage.json is no JSON: at line 3, column 3 a comma or "}" is missing.',
    ]);
    expect(rig.refusal('{"api": {},}').problems).toEqual([
      'config.json is no JSON: at line 1, column 12 the comma before this "}" is one too many.',
    ]);
  });

  it('names each file that cannot be read, and why', () => {
    const files = {
      'receivers-file': rig.path('nowhere.json'),
      'storage-file': rig.directory,
      'api-file': 5,
    };
    expect(rig.refusal(files).problems.map((problem) => problem.replace(rig.directory, 'dir'))).toEqual([
      'nowhere.json is not there.',
      'dir is a directory, not a file.',
      'config.json: "api-file" must be the path of a file, not a number.',
    ]);
  });

  it('a section that is there twice is refused: the original takes either, by chance', () => {
    expect(
      rig.refusal({ ...PLAIN, 'storage-file': rig.write('storage.json', PLAIN.storage) }).problems,
    ).toEqual(['config.json: "storage" and "storage-file" are both there: one of them must go.']);
  });

  it('only a key with one dash names a file', () => {
    expect(
      rig.warnings({ ...PLAIN, 'my-api-file': 'nowhere.json', 'sinks-file': 'nowhere.json', '-file': 1 }),
    ).toEqual([
      'config.json: "my-api-file" is not known, and ignored.',
      'config.json: "sinks-file" is not known, and ignored.',
      'config.json: "-file" is not known, and ignored.',
    ]);
  });

  it('what follows the end of the object is ignored as the original does, with a warning', () => {
    expect(rig.warnings(`${JSON.stringify(PLAIN)}\n}`)).toEqual([
      'config.json goes on after its end; from line 2, column 1 on it is ignored.',
    ]);
  });
});

describe('keys', () => {
  it('count whatever their case, the last of two spellings as in Go', () => {
    const text = JSON.stringify(PLAIN).replace('"api":{}', '"API":{"Port":"1","port":"2","PORT":"3"}');
    expect(rig.load(text).api.port).toBe(3);
    expect(rig.warnings(text)).toEqual([
      'config.json: "api.port" is there in another spelling, too; the last one counts.',
      'config.json: "api.PORT" is there in another spelling, too; the last one counts.',
    ]);
  });

  it('that are there twice are warned of', () => {
    const text = JSON.stringify(PLAIN).replace('"api":{}', '"api":{"port":"1","port":"2"}');
    expect(rig.load(text).api.port).toBe(2);
    expect(rig.warnings(text)).toEqual(['config.json: "api.port" is there twice; the last one counts.']);
  });

  it('with null are as good as absent', () => {
    expect(rig.load({ ...PLAIN, api: { port: null, address: null } }).api).toEqual(rig.load(PLAIN).api);
  });

  it('that are not known are named with their path', () => {
    const receivers = { jobs: { ...PLAIN.receivers.jobs, max_lag: 1 } };
    const storage = { backend: { ...PLAIN.storage.backend, cache: { size: 1 } }, compress: true };
    expect(rig.warnings({ receivers, storage, api: { 'line\nfeed': 1, '\u{2028}\u{1b}[31m': 1 } })).toEqual([
      'config.json: "receivers.jobs.max_lag" is not known, and ignored.',
      'config.json: "storage.compress" is not known, and ignored.',
      'config.json: "storage.backend.cache" is not known, and ignored.',
      'config.json: "api.line\\nfeed" is not known, and ignored.',
      'config.json: "api.\\u2028\\u001b[31m" is not known, and ignored.',
    ]);
  });

  it('are all named at once when they are wrong, one a line, with what they are and what they must be', () => {
    const { problems } = rig.refusal({
      receivers: { jobs: { type: 'nats', subject: 5 }, web: 'http' },
      storage: { store_logs: 'yes', batch_size: 1.5, backend: { type: 'sqlite' } },
      api: { address: ['localhost'], port: 70_000 },
    });
    expect(problems).toEqual([
      'config.json: "receivers.jobs.subject" must be text, not a number.',
      'config.json: "receivers.web" must be an object in braces, not text.',
      'config.json: "storage.store_logs" must be true or false, not text.',
      'config.json: "storage.batch_size" must be a whole number, not a fraction or a huge number.',
      'config.json: "storage.backend.database_path" is missing: it must be text.',
      'config.json: "api.address" must be text, not a list.',
      'config.json: "api.port" must be a port from 0 to 65535, not 70000.',
    ]);
  });

  it('are warned of even when the configuration is refused: one may be the one that is missing', () => {
    expect(rig.refusal({ storages: {} }).warnings).toEqual([
      'config.json: "storages" is not known, and ignored.',
    ]);
  });
});
