import { asText } from './expressions/functions.js';
import { messageTypeOf } from './expressions/variables.js';
import type { Message } from './message.js';
import type { Rule } from './processing-schema.js';

/** Does its part to a message. False when the message is to be dropped. */
export type Stage = (message: Message) => boolean;

/** A condition of a stage whose failures have been seen to: it counts as false then. */
export type SafeCondition = (message: Message) => boolean;

/** An entry with its condition. */
export interface ReadyRule extends Omit<Rule, 'if'> {
  readonly holds: SafeCondition;
}

export type PartName = 'ownTags' | 'ownMeta' | 'ownFields';

export function dropNamed(names: readonly string[]): Stage {
  const dropped = new Set(names);
  return ({ name }) => !dropped.has(name);
}

export function dropTypes(types: readonly string[]): Stage {
  const dropped = new Set(types);
  return (message) => !dropped.has(messageTypeOf(message));
}

export const dropIf =
  (conditions: readonly SafeCondition[]): Stage =>
  (message) =>
    !conditions.some((holds) => holds(message));

export function renameNamed(renames: ReadonlyMap<string, string>): Stage {
  return (message) => {
    const name = renames.get(message.name);
    if (name !== undefined) message.rename(name);
    return true;
  };
}

export const renameIf = (renames: readonly (readonly [SafeCondition, string])[]): Stage =>
  forEach(renames, (message, [holds, name]) => {
    if (holds(message)) message.rename(name);
  });

export const addIf = (part: PartName, rules: readonly ReadyRule[]): Stage =>
  forEach(rules, (message, { key, value, holds }) => {
    if (holds(message)) message[part].set(key, value ?? '');
  });

export const deleteIf = (part: PartName, rules: readonly ReadyRule[]): Stage =>
  forEach(rules, (message, { key, holds }) => {
    if (holds(message)) message[part].delete(key);
  });

/** What a tag would be when it is empty is nothing: there are no empty tags. */
export const moveIf = (from: PartName, to: PartName, rules: readonly ReadyRule[]): Stage =>
  forEach(rules, (message, { key, value: target, holds }) => {
    const moved = message[from].items.get(key);
    if (moved === undefined || !holds(message)) return;
    const text = asText(moved);
    message[from].delete(key);
    if (to === 'ownTags' && text === '') message.ownTags.delete(target!);
    else message[to].set(target!, text);
  });

/** In their order, each seeing what those before it did. */
function forEach<Entry>(entries: readonly Entry[], apply: (message: Message, entry: Entry) => void): Stage {
  return (message) => {
    for (const entry of entries) apply(message, entry);
    return true;
  };
}
