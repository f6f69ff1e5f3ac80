import type { ConditionMaker } from './condition-maker.js';
import type { ProcessingSettings, Rule } from './processing-schema.js';
import type { StageKey } from './stage-names.js';
import {
  addIf,
  deleteIf,
  dropIf,
  dropNamed,
  dropTypes,
  moveIf,
  renameIf,
  renameNamed,
  type PartName,
  type ReadyRule,
  type Stage,
} from './stages.js';

/** What makes a message what it is; cc-lib refuses to delete them message by message. */
const PROTECTED_FIELDS: ReadonlySet<string> = new Set(['value', 'event', 'log', 'control']);

/** The stages that there is something to do for. What is wrong with them is told to the maker of their conditions. */
export function makeStages(
  settings: ProcessingSettings,
  path: string,
  maker: ConditionMaker,
): ReadonlyMap<StageKey, Stage> {
  const stages = new Map<StageKey, Stage>();
  const put = <Entry>(
    key: StageKey,
    entries: readonly Entry[],
    make: (entries: readonly Entry[]) => Stage,
  ): void => {
    if (entries.length > 0) stages.set(key, make(entries));
  };
  const ready = (key: StageKey): readonly ReadyRule[] =>
    ((settings[key] ?? []) as readonly Rule[]).map(({ if: condition, ...rule }, index) => ({
      ...rule,
      holds: maker.make(condition, `${path}.${key}.${index}.if`),
    }));

  put('drop_messages', settings.drop_messages ?? [], dropNamed);
  put('drop_by_message_type', settings.drop_by_message_type ?? [], dropTypes);
  put('drop_messages_if', settings.drop_messages_if ?? [], (texts) =>
    dropIf(texts.map((text, index) => maker.make(text, `${path}.drop_messages_if.${index}`))),
  );
  put('rename_messages', Object.entries(settings.rename_messages ?? {}), (names) =>
    renameNamed(new Map(names)),
  );
  put('rename_messages_if', Object.entries(settings.rename_messages_if ?? {}), (renames) =>
    renameIf(renames.map(([text, name]) => [maker.make(text, `${path}.rename_messages_if.${text}`), name])),
  );
  for (const [part, word] of PARTS) {
    put(`add_${word}_if`, ready(`add_${word}_if`), (rules) => addIf(part, rules));
    put(`delete_${word}_if`, ready(`delete_${word}_if`), (rules) => deleteIf(part, rules));
  }
  for (const [key, from, to] of MOVES) put(key, ready(key), (rules) => moveIf(from, to, rules));
  refuseProtected(settings, path, maker);
  return stages;
}

const PARTS = [
  ['ownTags', 'tags'],
  ['ownMeta', 'meta'],
  ['ownFields', 'field'],
] as const satisfies readonly (readonly [PartName, string])[];

const MOVES = [
  ['move_tag_to_meta_if', 'ownTags', 'ownMeta'],
  ['move_tag_to_field_if', 'ownTags', 'ownFields'],
  ['move_meta_to_tag_if', 'ownMeta', 'ownTags'],
  ['move_meta_to_field_if', 'ownMeta', 'ownFields'],
  ['move_field_to_tag_if', 'ownFields', 'ownTags'],
  ['move_field_to_meta_if', 'ownFields', 'ownMeta'],
] as const satisfies readonly (readonly [StageKey, PartName, PartName])[];

function refuseProtected(
  { delete_field_if: rules }: ProcessingSettings,
  path: string,
  { problems }: ConditionMaker,
): void {
  for (const [index, { key }] of (rules ?? []).entries())
    if (PROTECTED_FIELDS.has(key))
      problems.push({
        path: `${path}.delete_field_if.${index}.key`,
        reason: `cannot be ${key}: without that field a message is nothing; drop it, or move the field`,
      });
}
