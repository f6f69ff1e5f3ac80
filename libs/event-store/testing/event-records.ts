import type { EventRecord } from '../record/index.js';

/** About when the records of these tests are: tests of a backend give it a clock that stands there. */
export const RECORDS_NOW_MS = Date.UTC(2026, 5, 15, 12);

/** An event of a job that started on node-1 of the cluster `alpha`. */
export function anEventRecord(overrides: Partial<EventRecord> = {}): EventRecord {
  return {
    kind: 'event',
    cluster: 'alpha',
    name: 'job',
    hostname: 'node-1',
    type: 'node',
    typeId: '0',
    stype: null,
    stypeId: null,
    tags: '{"function":"start_job"}',
    fields: null,
    timeMs: RECORDS_NOW_MS,
    payload: '{"jobId": 69}',
    ...overrides,
  };
}

/** Names of clusters that would do harm as a part of SQL, or could not be a table's. */
export const HOSTILE_CLUSTERS = [
  'my-cluster',
  '4711',
  'select',
  'eventcluster',
  'Alpha',
  'pwn(a int);drop table event_store_events;--',
  `it's "quoted"; \`so\` $1 $$ %s ?`,
  "'; DELETE FROM event_store_events; --",
  '\\N',
  '\\',
  'a\\tb,c=d',
  '語🦫é',
  '__proto__',
  ' spaces ',
];
