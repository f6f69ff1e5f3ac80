import type { PointProcessor, ReceiverKind } from '../receivers/receiver.js';
import { shown, type Place } from './findings.js';
import type { JsonValue } from './json-text.js';
import { memberNamed, readMembers, readObject, typeName, type Section } from './section.js';
import { readSettings } from './settings.js';

/** A receiver that is to be started. */
export interface ReceiverSettings {
  /** As the configuration calls it. */
  readonly name: string;
  readonly kind: ReceiverKind;
  /** What `kind.create` takes. */
  readonly settings: unknown;
  /** Of its `process_messages`; undefined when it has none. */
  readonly process: PointProcessor | undefined;
}

/** What the loader needs to know of receivers. */
export interface ReceiverCatalog {
  /** Every `type` that can be run. */
  readonly types: readonly string[];
  /** A kind with a refusal is one that the original has, and that is not run here: the sentence says why. */
  findKind(type: string): ReceiverKind | { readonly refusal: string } | undefined;
  /** Of what is found at that path. Throws an error with `problems` when `process_messages` cannot be what is meant. */
  createProcessor(raw: unknown, path: string): ProcessorParts;
}

interface ProcessorParts {
  readonly process: PointProcessor | undefined;
  /** Each begins with the path of what it is about. */
  readonly warnings: readonly string[];
}

interface InvalidProcessing extends Error {
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

const COMMON_KEYS = ['type', 'process_messages'];

/** Those that can be run. What is wrong with any of them is said. */
export function readReceivers({ object, place }: Section, catalog: ReceiverCatalog): ReceiverSettings[] {
  const entries = Object.entries(object);
  if (entries.length === 0) place.warn('has no receiver: lines come in by the API only');
  return entries.flatMap(([name, value]) => readReceiver(name, value, place.at(name), catalog) ?? []);
}

function readReceiver(
  name: string,
  value: JsonValue,
  place: Place,
  catalog: ReceiverCatalog,
): ReceiverSettings | undefined {
  const object = readObject(value, place);
  if (object === undefined) return undefined;
  const type = memberNamed('type', object);
  const kind = typeof type === 'string' ? catalog.findKind(type) : undefined;
  if (kind !== undefined && 'refusal' in kind) {
    place.warn(`is left out: ${kind.refusal.replace(/\.$/, '')}`);
    return undefined;
  }
  if (kind === undefined) {
    const given = typeof type === 'string' ? `"${shown(type)}"` : typeName(type);
    place.at('type').refuse(`must be one of ${catalog.types.join(', ')}, not ${given}`);
    return undefined;
  }
  const members = readMembers(object, [...COMMON_KEYS, ...Object.keys(kind.schema.shape)], place);
  const settings = readSettings(kind.schema, members, place);
  const process = readProcessing(members['process_messages'], place.at('process_messages'), catalog);
  return settings === undefined ? undefined : { name, kind, settings, process };
}

function readProcessing(
  raw: JsonValue | undefined,
  place: Place,
  catalog: ReceiverCatalog,
): PointProcessor | undefined {
  if (raw === undefined) return undefined;
  try {
    const { process, warnings } = catalog.createProcessor(raw, place.keys);
    for (const warning of warnings) {
      const [keys = '', ...reason] = warning.slice(place.keys.length).split(' ');
      place.elsewhere(place.keys + keys).warn(reason.join(' '));
    }
    return process;
  } catch (error) {
    if (!isInvalidProcessing(error)) throw error;
    for (const { path, reason } of error.problems) place.elsewhere(path).refuse(reason);
    return undefined;
  }
}

const isInvalidProcessing = (error: unknown): error is InvalidProcessing =>
  error instanceof Error && 'problems' in error && Array.isArray(error.problems);
