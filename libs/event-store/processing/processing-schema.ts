import { z } from 'zod';

const names = z.array(z.string()).nullish();
const renames = z.record(z.string(), z.string().min(1, 'must not be empty: it is a name')).nullish();

/** One entry of a stage with conditions. What `value` is depends on the stage: a text, or the name it goes to. */
export interface Rule {
  readonly key: string;
  readonly value?: string | null | undefined;
  readonly if: string;
}

const key = z.string().min(1, 'must not be empty');
const condition = z.string('must be a condition in text: "true" is one that always holds');

const rules = (value: z.ZodType<string | null | undefined>) =>
  z.array(z.object({ key, value, if: condition })).nullish();

const added = z.string('must be text, in quotes');
const target = z.string('must be the name it goes to').min(1, 'must not be empty: it is the name it goes to');

/** `process_messages` as cc-lib has it. Null is as good as nothing. */
export const processingSchema = z.object({
  stage_order: names,
  drop_messages: names,
  drop_messages_if: names,
  drop_by_message_type: z.array(z.enum(['metric', 'event', 'log', 'control'])).nullish(),
  rename_messages: renames,
  rename_messages_if: renames,
  add_tags_if: rules(added.min(1, 'must not be empty: there are no empty tags')),
  delete_tags_if: rules(z.string().nullish()),
  add_meta_if: rules(added),
  delete_meta_if: rules(z.string().nullish()),
  add_field_if: rules(added),
  delete_field_if: rules(z.string().nullish()),
  move_tag_to_meta_if: rules(target),
  move_tag_to_field_if: rules(target),
  move_meta_to_tag_if: rules(target),
  move_meta_to_field_if: rules(target),
  move_field_to_tag_if: rules(target),
  move_field_to_meta_if: rules(target),
  add_base_env: z.record(z.string(), z.unknown()).nullish(),
});
export type ProcessingSettings = z.infer<typeof processingSchema>;

export const RULE_KEYS: ReadonlySet<string> = new Set(['key', 'value', 'if']);
