import { pino } from 'pino';
import { expect, it } from 'vitest';
import { persistently } from './persistently.js';

const SILENT = pino({ level: 'silent' });

function failingOnce(error: unknown): { record: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    record: async () => {
      calls += 1;
      if (calls === 1) throw error;
      return 'recorded';
    },
    calls: () => calls,
  };
}

it.each([
  ['is back', Object.assign(new Error('terminating connection'), { driverError: { code: '57P01' } })],
  ['has let others go first', Object.assign(new Error('deadlock detected'), { code: '40P01' })],
])('what a sink answered is recorded once the database %s', async (_what, error) => {
  const { record, calls } = failingOnce(error);
  await expect(persistently(SILENT, record)).resolves.toBe('recorded');
  expect(calls()).toBe(2);
});

it('a fault of ours ends it at once, for it would only come again', async () => {
  const fault = new TypeError('of undefined');
  const { record, calls } = failingOnce(fault);
  await expect(persistently(SILENT, record)).rejects.toBe(fault);
  expect(calls()).toBe(1);
});
