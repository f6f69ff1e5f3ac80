import type { EventRecord } from '../record/index.js';

/** An event of the job class, as far as nobody says otherwise. */
export const recordOf = (payload: string, more: Partial<EventRecord> = {}): EventRecord => ({
  kind: 'event',
  cluster: 'tc',
  name: 'job',
  hostname: 'a0001',
  type: 'node',
  typeId: '0',
  stype: null,
  stypeId: null,
  tags: null,
  fields: null,
  timeMs: 1_740_027_951_000,
  payload,
  ...more,
});
