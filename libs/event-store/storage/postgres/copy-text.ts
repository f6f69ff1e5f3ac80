import type { EventRecord } from '../../record/index.js';

/** In the order of `copyText`. */
export const COPY_COLUMNS =
  'id, time_ms, cluster, name, hostname, type, type_id, stype, stype_id, tags, fields, payload';

const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (character) => ESCAPES[character]!) : text;
const orNull = (text: string | null): string => (text === null ? '\\N' : escaped(text));

/** Records as COPY reads them in its text format, numbered from `firstId` on. Called for all that is stored: one string grows. */
export function copyText(records: readonly EventRecord[], firstId: number): string {
  let text = '';
  let id = firstId;
  for (const record of records) {
    text += `${id}\t${record.timeMs}\t${escaped(record.cluster)}\t${escaped(record.name)}\t${escaped(record.hostname)}\t${orNull(record.type)}\t${orNull(record.typeId)}\t${orNull(record.stype)}\t${orNull(record.stypeId)}\t${orNull(record.tags)}\t${orNull(record.fields)}\t${escaped(record.payload)}\n`;
    id += 1;
  }
  return text;
}
