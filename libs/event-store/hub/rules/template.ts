import { jsonOf, textOf, valueAt } from './event-values.js';
import type { JudgedEvent } from './judged-event.js';

/** A template that cannot be used: where in it, and why. */
export class BadTemplate extends Error {
  constructor(at: number, reason: string) {
    super(`at character ${at + 1}: ${reason}`);
    this.name = 'BadTemplate';
  }
}

type Piece = string | ((event: JudgedEvent) => unknown);
export type Template = readonly Piece[];

/** What may stand between the braces: alone, or with what follows the dot. */
const ALONE: Readonly<Record<string, (event: JudgedEvent) => unknown>> = {
  name: ({ name }) => name,
  cluster: ({ clusterName }) => clusterName,
  hostname: ({ hostname }) => hostname,
  function: ({ tags }) => tags.get('function'),
  time: ({ timeMs }) => new Date(timeMs).toISOString(),
  payload: ({ payload }) => payload,
};
const WITH_MEMBER: Readonly<Record<string, (event: JudgedEvent, member: string) => unknown>> = {
  tags: ({ tags }, member) => tags.get(member),
  fields: ({ fields }, member) => fields.get(member),
  payload: (event, member) => valueAt(event.json(), member),
};
const ROOTS = 'name, cluster, hostname, function, time, payload, payload.…, tags.… and fields.…';
const OPENING = '{{';
const CLOSING = '}}';
const MAX_VALUE_CHARACTERS = 1_000;
const ABSENT = '-';

/** Throws `BadTemplate` for a root that is none of ours, and for braces that are not closed. */
export function readTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let at = 0;
  for (let open = text.indexOf(OPENING); open !== -1; open = text.indexOf(OPENING, at)) {
    const close = text.indexOf(CLOSING, open);
    if (close === -1) throw new BadTemplate(open, '{{ is not closed by }}');
    pieces.push(text.slice(at, open), readRoot(text.slice(open + OPENING.length, close).trim(), open));
    at = close + CLOSING.length;
  }
  return [...pieces, text.slice(at)];
}

function readRoot(name: string, at: number): Piece {
  const dot = name.indexOf('.');
  const [root, member] = dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const said = JSON.stringify(name.slice(0, 40));
  if (dot === -1 && Object.hasOwn(ALONE, root)) return ALONE[root]!;
  if (dot === -1 || !Object.hasOwn(WITH_MEMBER, root))
    throw new BadTemplate(at, `${said} is none of ${ROOTS}`);
  if (member === '') throw new BadTemplate(at, `${said} says no name after the dot`);
  return (event) => WITH_MEMBER[root]!(event, member);
}

/** What a template says of an event, in at most so many UTF-16 units. What is absent is a dash. */
export function render(template: Template, event: JudgedEvent, maxCharacters: number): string {
  let text = '';
  for (const piece of template) {
    if (text.length > maxCharacters) break;
    text += typeof piece === 'string' ? piece : shown(piece(event));
  }
  const clean = cleaned(text).trim();
  return cut(clean === '' ? ABSENT : clean, maxCharacters);
}

function shown(value: unknown): string {
  const text = value === undefined || value === null ? '' : (textOf(value) ?? jsonOf(value));
  return text === '' ? ABSENT : cut(text, MAX_VALUE_CHARACTERS);
}

/** Of control characters only line breaks and tabs stay; nor may a text turn the direction of what stands around it. */
const HIDDEN = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
export const cleaned = (text: string): string => text.replaceAll(HIDDEN, ' ').toWellFormed();

/** With an ellipsis where it was too long, and no half of a surrogate pair before it. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
