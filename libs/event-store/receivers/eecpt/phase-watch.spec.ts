import { expect, it } from 'vitest';
import { EventStoreStats } from '../../stats/index.js';
import { StorageUnavailable } from '../../storage/storage-backend.js';
import { KeepingIntake, partsOf } from '../http/keeping-intake.fixture.js';
import { eecptSchema } from './eecpt.schema.js';
import { PhaseWatch } from './phase-watch.js';

it('keeps so many events while the storage is away, and counts those that it drops', async () => {
  const intake = new KeepingIntake();
  const stats = new EventStoreStats();
  const watch = new PhaseWatch(eecptSchema.parse({}), { ...partsOf(intake), stats });
  const jobs = Array.from({ length: 10_003 }, (_, index) => `job ${index}`);
  for (const value of [0, 10, 20, 90])
    watch.take(jobs.map((job) => ({ cluster: 'tc', job, task: 'rank 0', value })));
  intake.before = () => {
    throw new StorageUnavailable('away');
  };
  await watch.analyse();
  intake.before = () => undefined;
  await watch.analyse();
  expect(intake.points).toHaveLength(10_000);
  expect(intake.points.at(-1)?.point.series.tags.get('stype-id')).toBe('job 10002');
  const info = { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' };
  expect(stats.view(info).manager.status).toEqual({ dropped_full: 3 });
});
