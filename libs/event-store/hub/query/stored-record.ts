import type { AboutEntry } from '../../../persistence/index.js';
import type { StoredRecord } from '../../record/index.js';
import { afterValue } from './json-source.js';

/** Tags that have members of their own. */
const OWN_TAGS = ['type', 'type-id', 'stype', 'stype-id'];

interface Wrapped {
  readonly tags?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** An entry of a stream as what came in: its payload is, letter by letter, the sender's. */
export function recordOf(cluster: string, entry: AboutEntry): StoredRecord {
  const { seq: id, timeMs, node: hostname, about, body } = entry;
  const [, name, type = null, typeId = null, stype = null, stypeId = null] = about ?? [];
  const kind = about?.[0] === 'event' ? 'event' : 'log';
  const level = kind === 'log' ? { loglevel: entry.level } : {};
  const own = {
    id,
    kind,
    cluster,
    name: name ?? 'log',
    hostname,
    type,
    typeId,
    stype,
    stypeId,
    timeMs,
  } as const;
  if (about === null) return { ...own, tags: objectText(Object.entries(level)), fields: null, payload: body };
  const { payload, rest } = unwrapped(kind, body);
  const others = Object.entries(rest.tags ?? {}).filter(([tag]) => !OWN_TAGS.includes(tag));
  const said = others.some(([tag]) => tag === 'loglevel') ? [] : Object.entries(level);
  const tags = [...others, ...said].sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...own, tags: objectText(tags), fields: objectText(Object.entries(rest.fields ?? {})), payload };
}

/** What `entryBody` put together, apart again. */
function unwrapped(kind: string, body: string): { readonly payload: string; readonly rest: Wrapped } {
  const start = `{"${kind}":`.length;
  const end = afterValue(body, start);
  const value = body.slice(start, end);
  const rest = JSON.parse(`{${body.slice(end + 1)}`) as Wrapped;
  return { payload: value.startsWith('"') ? (JSON.parse(value) as string) : value, rest };
}

const objectText = (members: readonly (readonly [string, unknown])[]): string | null =>
  members.length === 0
    ? null
    : `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
