import { Refusal } from './refusals.js';

export const wrongValue = (message: string): Refusal =>
  new Refusal('InvalidParameterValueException', message);
export const wrongCombination = (message: string): Refusal =>
  new Refusal('InvalidParameterCombinationException', message);
export const missing = (parameter: string): Refusal =>
  new Refusal('MissingRequiredParameterException', `The parameter ${parameter} is required.`);
export const invalidValue = (value: unknown, parameter: string): Refusal =>
  wrongValue(`The value ${String(value)} for parameter ${parameter} is invalid.`);

/** Printable ASCII with something in it besides spaces. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** A text that must be there. */
export function checkText(text: unknown, parameter: string, maximum: number): string {
  if (text === undefined || text === null || text === '') throw missing(parameter);
  if (typeof text !== 'string') throw invalidValue(text, parameter);
  if (text.length > maximum)
    throw wrongValue(`The parameter ${parameter} must be shorter than ${maximum + 1} characters.`);
  if (!PRINTABLE.test(text))
    throw wrongValue(`The parameter ${parameter} must contain only ASCII characters.`);
  if (text.trim() === '')
    throw wrongValue(`The parameter ${parameter} must contain a non-whitespace character.`);
  return text;
}

/** A list; `[]` for one that is not there. */
export function checkList(list: unknown, parameter: string, maximum: number): readonly unknown[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new Refusal('SerializationException', 'Start of list expected');
  if (list.length > maximum)
    throw wrongValue(`The collection ${parameter} must not have a size greater than ${maximum}.`);
  return list;
}
