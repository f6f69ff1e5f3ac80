import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog, ConfigurationRig } from './configuration-rig.fixture.js';
import type { JsonObject, JsonValue } from './json-text.js';
import { InvalidConfiguration, loadConfiguration, type Configuration } from './load-configuration.js';
import { isObject } from './section.js';

const rig = new ConfigurationRig();
const FULL: JsonObject = {
  main: {},
  receivers: {
    jobs: {
      type: 'nats',
      address: 'nats.example.com',
      port: '4222',
      subject: 'a.>',
      user: 'u',
      password: 'p',
    },
    web: { type: 'http', port: 8080, path: '/write', idle_timeout: '2m', keep_alives_enabled: false },
  },
  storage: {
    retention_time: '48h',
    log_retention_time: '720h',
    flush_time: '10s',
    batch_size: 20,
    max_process: 10,
    store_logs: false,
    backend: {
      type: 'postgres',
      server: 'db.example.com',
      port: 5432,
      database_path: 'events',
      username: 'events',
      password: 'change-me',
      connection_timeout: 5,
      flags: ['sslmode=disable'],
    },
  },
  api: {
    address: 'localhost',
    port: '8098',
    keep_alives_enabled: true,
    idle_timeout: '120s',
    jwt_public_key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    enable_swagger_ui: true,
    default_cluster: 'alex',
  },
};
const KEYS = Array.from(JSON.stringify(FULL).matchAll(/"([\w-]+)":/g), ([, key]) => key!);
const WORDS = [...new Set(KEYS), '__proto__', 'receiver-file'];

const LETTER = fc.constantFrom(
  ...'a09-{}[]:,"\'\\/ ',
  '\0',
  '\n',
  '\u{1b}',
  '\u{2028}',
  '\u{d800}',
  '\u{feff}',
  'İ',
  'ſ',
  '😀',
);

const settled = ({ receivers, storage, api }: Configuration) => ({ receivers, storage, api });
const cased = (key: string, isUpper: readonly boolean[]): string =>
  [...key].map((letter, index) => (isUpper[index % isUpper.length] ? letter.toUpperCase() : letter)).join('');

/** The same, every key that is no receiver's name in any case, and with keys that nobody knows before and after. */
function disguised(
  value: JsonValue,
  path: readonly string[],
  isUpper: readonly boolean[],
  stray: JsonObject,
): JsonValue {
  if (!isObject(value)) return value;
  const isNames = path.length === 1 && path[0] === 'receivers';
  const members = Object.entries(value).map(([key, inner]) => [
    isNames ? key : cased(key, isUpper),
    disguised(inner, [...path, key], isUpper, stray),
  ]);
  return isNames ? Object.fromEntries(members) : { ...stray, ...Object.fromEntries(members) };
}

describe('any configuration', () => {
  it('means the same whatever the case of its keys, and whatever else is in it', () => {
    const stray = fc.dictionary(
      fc.string().map((key) => `stray ${key}`),
      fc.jsonValue() as fc.Arbitrary<JsonValue>,
      { maxKeys: 3 },
    );
    const plain = settled(rig.load(FULL));
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), stray, (isUpper, strays) => {
        const configuration = rig.load(disguised(FULL, [], isUpper, strays));
        expect(settled(configuration)).toEqual(plain);
        const unknown = configuration.warnings.filter((warning) =>
          warning.endsWith('is not known, and ignored.'),
        );
        expect(unknown).toHaveLength(configuration.warnings.length);
        expect(unknown).toHaveLength(Object.keys(strays).length * 6);
      }),
    );
  });

  it('is taken, or refused in sentences: nothing else happens, whatever the JSON', () => {
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(
          null,
          true,
          0,
          -1,
          1.5,
          1e300,
          '',
          '5',
          '24h',
          'sqlite',
          'postgres',
          'nats',
          'http',
          'ipmi',
        ),
        fc.string({ unit: LETTER, maxLength: 5 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(fc.constantFrom(...WORDS), tie('value')), { maxLength: 8 }).map(Object.fromEntries),
      ),
    }));
    const sections = fc.record({ receivers: value, storage: value, api: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.oneof(value, sections, fc.record({ receivers: fc.constant({}), storage: value, api: value })),
        (json) => {
          expect(['taken', 'refused']).toContain(outcomeOf(JSON.stringify(json)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is taken, or refused in sentences, whatever the bytes', () => {
    const text = JSON.stringify(FULL);
    const change = fc.tuple(
      fc.nat({ max: text.length }),
      fc.nat({ max: 5 }),
      fc.string({ unit: LETTER, maxLength: 3 }),
    );
    fc.assert(
      fc.property(change, ([from, length, replacement]) => {
        const changed = text.slice(0, from) + replacement + text.slice(from + length);
        expect(['taken', 'refused']).toContain(outcomeOf(changed));
      }),
      { numRuns: 200 },
    );
  });
});

function outcomeOf(text: string): string {
  try {
    loadConfiguration(rig.write('config.json', text), catalog);
    return 'taken';
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    const lines = error.message.split('\n');
    const isSaid = lines.length === error.problems.length && lines.every((line) => /^.+ .+\.$/.test(line));
    return isSaid ? 'refused' : error.message;
  }
}
