import { createHash } from 'node:crypto';
import type { Datum } from '../http/query-client.js';

/** What is known of equal messages. */
interface Known {
  readonly count: number;
  readonly timestamp: number;
}

/**
 * Tells which messages of a span of time were not there when it was last read. Messages have no ids: equal ones are counted.
 * A reading has every message of the span once, and may break off: what it has told of stays known.
 */
export class Seen {
  private readonly known = new Map<string, Known>();
  private reading = new Map<string, number>();

  get size(): number {
    return this.known.size;
  }

  /** A new reading begins. What is older is not asked for any more. */
  begin(fromTimestamp: number): void {
    this.reading = new Map();
    for (const [key, { timestamp }] of this.known) if (timestamp < fromTimestamp) this.known.delete(key);
  }

  isNew(datum: Datum): boolean {
    const key = createHash('sha256').update(JSON.stringify(datum)).digest('base64');
    const count = (this.reading.get(key) ?? 0) + 1;
    this.reading.set(key, count);
    if (count <= (this.known.get(key)?.count ?? 0)) return false;
    this.known.set(key, { count, timestamp: datum.timestamp });
    return true;
  }
}
