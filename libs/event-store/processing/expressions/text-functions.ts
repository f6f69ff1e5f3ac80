import {
  assertFits,
  EvaluationError,
  listFrom,
  numberFrom,
  spend,
  spendOnText,
  textFrom,
  type Scope,
  type Value,
  type ValueFunction,
} from './value.js';

const MAX_PARTS = 10_000;

/** The text an argument is, which the function goes through. */
function readText(value: Value | undefined, scope: Scope): string {
  const text = textFrom(value ?? null);
  assertFits(text.length);
  spendOnText(scope, text.length);
  return text;
}

const onText =
  (compute: (text: string) => Value): ValueFunction['run'] =>
  ([text], scope) =>
    compute(readText(text, scope));

const onTwoTexts =
  (compute: (text: string, part: string) => Value): ValueFunction['run'] =>
  ([text, part], scope) =>
    compute(readText(text, scope), readText(part, scope));

const trimPrefix = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text;

const trimSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;

/** expr-lang's functions of texts. Places count UTF-16 units, where expr-lang counts bytes. */
export const TEXT_FUNCTIONS: readonly (readonly [string, ValueFunction])[] = [
  ['lower', { least: 1, most: 1, run: onText((text) => text.toLowerCase()) }],
  ['upper', { least: 1, most: 1, run: onText((text) => text.toUpperCase()) }],
  ['trim', { least: 1, most: 2, run: trim }],
  ['trimPrefix', { least: 2, most: 2, run: onTwoTexts(trimPrefix) }],
  ['trimSuffix', { least: 2, most: 2, run: onTwoTexts(trimSuffix) }],
  ['hasPrefix', { least: 2, most: 2, run: onTwoTexts((text, part) => text.startsWith(part)) }],
  ['hasSuffix', { least: 2, most: 2, run: onTwoTexts((text, part) => text.endsWith(part)) }],
  ['indexOf', { least: 2, most: 2, run: onTwoTexts((text, part) => text.indexOf(part)) }],
  ['lastIndexOf', { least: 2, most: 2, run: onTwoTexts((text, part) => text.lastIndexOf(part)) }],
  ['replace', { least: 3, most: 3, run: replace }],
  ['repeat', { least: 2, most: 2, run: repeat }],
  ['split', { least: 2, most: 3, run: split }],
  ['join', { least: 1, most: 2, run: join }],
];

function trim([subject, set]: readonly Value[], scope: Scope): Value {
  const text = readText(subject, scope);
  if (set === undefined) return text.trim();
  const characters = new Set(readText(set, scope));
  const all = [...text];
  const first = all.findIndex((character) => !characters.has(character));
  const last = all.findLastIndex((character) => !characters.has(character));
  return first === -1 ? '' : all.slice(first, last + 1).join('');
}

function replace([subject, old, replacement]: readonly Value[], scope: Scope): Value {
  const text = readText(subject, scope);
  const sought = readText(old, scope);
  const found = readText(replacement, scope);
  if (sought === '') throw new EvaluationError('there is nothing to replace');
  const parts = partsOf(text, sought, scope);
  assertFits(text.length + (parts.length - 1) * (found.length - sought.length));
  return parts.join(found);
}

function repeat([subject, count]: readonly Value[], scope: Scope): Value {
  const text = readText(subject, scope);
  const times = numberFrom(count ?? null);
  if (!Number.isInteger(times) || times < 0)
    throw new EvaluationError('a text is repeated a whole number of times');
  assertFits(text.length * times);
  spendOnText(scope, text.length * times);
  return text === '' ? '' : text.repeat(times);
}

/** With a count at most so many parts, the last of which has the rest. */
function split([subject, delimiter, count]: readonly Value[], scope: Scope): Value {
  const parts = partsOf(readText(subject, scope), readText(delimiter, scope), scope);
  const most = count === undefined ? -1 : numberFrom(count);
  if (most < 0 || most >= parts.length) return parts;
  if (most === 0) return [];
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(textFrom(delimiter ?? null))];
}

function partsOf(text: string, delimiter: string, scope: Scope): readonly string[] {
  const parts = text.split(delimiter, MAX_PARTS + 1);
  if (parts.length > MAX_PARTS) throw new EvaluationError(`a text has more than ${MAX_PARTS} parts`);
  spend(scope, parts.length);
  return parts;
}

function join([list, delimiter]: readonly Value[], scope: Scope): Value {
  const parts = listFrom(list ?? null).map(textFrom);
  const between = delimiter === undefined ? '' : textFrom(delimiter);
  const characters = parts.reduce((total, part) => total + part.length + between.length, 0);
  assertFits(characters);
  spend(scope, parts.length);
  spendOnText(scope, characters);
  return parts.join(between);
}
