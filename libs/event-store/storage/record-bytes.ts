import type { EventRecord } from '../record/index.js';

/** How long a record is: all its texts in UTF-8, but for the name of its cluster, which is asked for. */
export function bytesOf(record: EventRecord): number {
  const { name, hostname, type, typeId, stype, stypeId, tags, fields, payload } = record;
  let bytes = 0;
  for (const text of [name, hostname, type, typeId, stype, stypeId, tags, fields, payload])
    if (text !== null) bytes += Buffer.byteLength(text);
  return bytes;
}
