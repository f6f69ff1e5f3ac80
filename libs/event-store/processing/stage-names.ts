import type { ProcessingSettings } from './processing-schema.js';

/** A key of `process_messages` that does something to messages. */
export type StageKey = keyof Omit<ProcessingSettings, 'stage_order' | 'add_base_env'>;

/** Each stage's key and the name that `stage_order` knows it by, in the order of cc-lib when there is no `stage_order`. */
const STAGES: readonly (readonly [StageKey, string])[] = [
  ['drop_messages', 'drop_by_name'],
  ['drop_by_message_type', 'drop_by_type'],
  ['drop_messages_if', 'drop_if'],
  ['add_tags_if', 'add_tag'],
  ['delete_tags_if', 'delete_tag'],
  ['move_tag_to_meta_if', 'move_tag_to_meta'],
  ['move_tag_to_field_if', 'move_tag_to_fields'],
  ['add_meta_if', 'add_meta'],
  ['delete_meta_if', 'delete_meta'],
  ['move_meta_to_tag_if', 'move_meta_to_tags'],
  ['move_meta_to_field_if', 'move_meta_to_fields'],
  ['add_field_if', 'add_field'],
  ['delete_field_if', 'delete_field'],
  ['move_field_to_tag_if', 'move_field_to_tags'],
  ['move_field_to_meta_if', 'move_field_to_meta'],
  ['rename_messages', 'rename'],
  ['rename_messages_if', 'rename_if'],
];

export const DEFAULT_ORDER: readonly StageKey[] = STAGES.map(([key]) => key);

/** Stages of cc-lib that change units of metrics, which an event store does not keep. */
export const UNIT_STAGES: ReadonlySet<string> = new Set([
  'change_unit_prefix',
  'normalize_units',
  'normalize_unit',
]);

/** The names that cc-lib's code takes, and the keys, which its documentation says are the names. */
const BY_NAME: ReadonlyMap<string, StageKey> = new Map(
  STAGES.flatMap(([key, name]) => [[name, key] as const, [key, key] as const]),
);

export const stageNamed = (name: string): StageKey | undefined => BY_NAME.get(name);
