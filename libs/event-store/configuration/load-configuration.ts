import type { ApiSettings } from '../server/api-parts.js';
import { readApi } from './api-section.js';
import { readSections } from './central-file.js';
import { Findings } from './findings.js';
import { readReceivers, type ReceiverCatalog, type ReceiverSettings } from './receivers-section.js';
import { readStorage, type StorageSettings } from './storage-section.js';

/** All that an operator has configured. */
export interface Configuration {
  readonly receivers: readonly ReceiverSettings[];
  readonly storage: StorageSettings;
  readonly api: ApiSettings;
  /** What an operator should change or know, a sentence each, without secrets. */
  readonly warnings: readonly string[];
  /** As the warnings, of what does no harm. */
  readonly notes: readonly string[];
}

/** A configuration cannot be used. The message has a sentence for each problem, a line each, without secrets. */
export class InvalidConfiguration extends Error {
  constructor(
    readonly problems: readonly string[],
    /** As of `Configuration`: a key that is not known may be the one that is missing. */
    readonly warnings: readonly string[],
  ) {
    super(problems.join('\n'));
    this.name = 'InvalidConfiguration';
  }
}

const DEFAULT_PATH = './config.json';

/**
 * Reads the configuration files of cc-event-store: all keys, defaults and liberties that the original takes. A path that is
 * undefined means `./config.json`. Throws `InvalidConfiguration`.
 */
export function loadConfiguration(path: string | undefined, catalog: ReceiverCatalog): Configuration {
  const findings = new Findings();
  const sections = readSections(path ?? DEFAULT_PATH, findings);
  const receivers = sections.receivers && readReceivers(sections.receivers, catalog);
  const storage = sections.storage && readStorage(sections.storage);
  const api = sections.api && readApi(sections.api);
  const { problems, warnings, notes } = findings;
  if (problems.length > 0 || receivers === undefined || storage === undefined || api === undefined)
    throw new InvalidConfiguration(problems, warnings);
  return { receivers, storage, api, warnings, notes };
}
