import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import type { ReceiverKind } from '../receivers/receiver.js';
import { goDuration } from './go-duration.js';
import { InvalidConfiguration, loadConfiguration, type Configuration } from './load-configuration.js';
import type { ReceiverCatalog } from './receivers-section.js';

const kind = (type: string, schema: ReceiverKind['schema']): ReceiverKind => ({
  type,
  schema,
  create: () => {
    throw new Error('The loader starts nothing');
  },
});
const KINDS = [
  kind(
    'nats',
    z.object({
      address: z.string().default('localhost'),
      port: z.union([z.string(), z.number()]).default('4222'),
      subject: z.string().min(1),
      user: z.string().optional(),
      password: z.string().optional(),
    }),
  ),
  kind(
    'http',
    z.object({
      address: z.string().default(''),
      port: z.union([z.string(), z.number()]).default('8080'),
      path: z.string().default('/'),
      idle_timeout: goDuration.default(120_000),
      keep_alives_enabled: z.boolean().default(true),
    }),
  ),
];

const IPMI = { refusal: 'ipmi receivers give metrics, which are not kept.' };

class InvalidRules extends Error {
  readonly problems: readonly { path: string; reason: string }[];

  constructor(path: string) {
    super('Not shown');
    this.problems = [{ path: `${path}.rules.0`, reason: 'must be a rule' }];
  }
}

/** Knows `nats`, `http`, and refuses `ipmi`. Of `process_messages`, `rules` may be a list of texts. */
export const catalog: ReceiverCatalog = {
  types: KINDS.map(({ type }) => type),
  findKind: (type) => (type === 'ipmi' ? IPMI : KINDS.find((candidate) => candidate.type === type)),
  createProcessor: (raw, path) => {
    const result = z.object({ rules: z.array(z.string()).optional(), odd: z.unknown() }).safeParse(raw);
    if (!result.success) throw new InvalidRules(path);
    return {
      process: (point) => point,
      warnings: result.data.odd === undefined ? [] : [`${path}.odd is not known, and ignored`],
    };
  },
};

/** Files of a configuration, in a directory of their own. */
export class ConfigurationRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'spillway-event-store-'));

  constructor() {
    afterAll(() => rmSync(this.directory, { recursive: true }));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: unknown): string {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  load(content: unknown): Configuration {
    return loadConfiguration(this.write('config.json', content), catalog);
  }

  /** What is said of a configuration that is refused, without the directory. */
  refusal(content: unknown): { problems: string[]; warnings: string[] } {
    return this.refusalAt(this.write('config.json', content));
  }

  refusalAt(path: string): { problems: string[]; warnings: string[] } {
    try {
      loadConfiguration(path, catalog);
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      const short = (sentence: string): string => sentence.replaceAll(`${this.directory}/`, '');
      return { problems: short(error.message).split('\n'), warnings: error.warnings.map(short) };
    }
    throw new Error('The configuration was taken');
  }

  warnings(content: unknown): string[] {
    return this.load(content).warnings.map((sentence) => sentence.replaceAll(`${this.directory}/`, ''));
  }
}

/** The least there can be, and a receiver. */
export const PLAIN = {
  receivers: { jobs: { type: 'nats', subject: 'jobs' } },
  storage: { backend: { type: 'sqlite', database_path: 'events.db' } },
  api: {},
};
