import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../testing/wait-until.js';
import { KeepingIntake, partsOf } from '../http/keeping-intake.fixture.js';
import type { PointProcessor } from '../receiver.js';
import { StorageUnavailable } from '../../storage/storage-backend.js';
import { EecptReceiver } from './eecpt-receiver.js';
import { eecptSchema } from './eecpt.schema.js';
import { eecptReceiver } from './index.js';

let intake: KeepingIntake;
const open: EecptReceiver[] = [];
beforeEach(() => {
  intake = new KeepingIntake();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.stop()));
});

async function started(settings: object = {}, process?: PointProcessor): Promise<EecptReceiver> {
  const given = { address: '127.0.0.1', port: 0, analysis_interval: '100ms', ...settings };
  const receiver = eecptReceiver.create(eecptSchema.parse(given), partsOf(intake, process)) as EecptReceiver;
  await receiver.start();
  open.push(receiver);
  return receiver;
}
const post = async ({ port }: EecptReceiver, body: string) =>
  (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).status;
const lines = (values: readonly number[], tags = 'jobid=77,rank=0', name = 'region_metric') =>
  values.map((value) => `${name},${tags} value=${value}\n`).join('');
const CHANGE = lines([0, 10, 20, 90]);
const told = () => waitUntil(() => intake.points[0], { what: 'an event of a region' });

describe('an eecpt receiver', () => {
  it('stores what comes, and an event for a job that came into another phase', async () => {
    const receiver = await started({ cluster: 'mine' });
    const body = `${CHANGE}job event="x"\nccb log="y"\n`;
    expect(await post(receiver, body)).toBe(200);
    const { point, cluster } = await told();
    expect(intake.bodies).toEqual([{ text: body, cluster: 'mine' }]);
    expect(cluster).toBe('mine');
    expect(point.series.name).toBe('region');
    expect(Object.fromEntries(point.series.tags)).toEqual({
      type: 'node',
      stype: 'application',
      'stype-id': '77',
      cluster: 'mine',
    });
    expect([...point.fields]).toEqual([['event', 'region changed']]);
  });

  it('names the cluster of the values, and processes its own events as it does all others', async () => {
    const process: PointProcessor = (point) => {
      const tags = new Map(point.series.tags).set('stage', 'processed');
      return { ...point, series: { ...point.series, tags } };
    };
    const receiver = await started({}, process);
    await post(receiver, lines([0, 10, 20, 90], 'cluster=theirs,jobid=77,rank=0'));
    const { point, cluster } = await told();
    expect(cluster).toBeUndefined();
    expect(point.series.tags.get('cluster')).toBe('theirs');
    expect(point.series.tags.get('stage')).toBe('processed');
  });

  it('looks at its metric as the rules have left it, and at no other', async () => {
    const rename: PointProcessor = (point) =>
      point.series.name === 'dropped' ? undefined : { ...point, series: { ...point.series, name: 'calls' } };
    const receiver = await started({ analysis_metric: 'calls' }, rename);
    await post(receiver, lines([0, 10, 20, 90], 'jobid=1,rank=0', 'dropped'));
    await post(receiver, lines([0, 10, 20, 90], 'jobid=2,rank=0', 'region_metric'));
    expect((await told()).point.series.tags.get('stype-id')).toBe('2');
    expect(intake.points).toHaveLength(1);
  });

  it('counts the values of a body once that was refused and came again', async () => {
    const receiver = await started();
    const even = lines([0, 10, 20]);
    expect(await post(receiver, `${even}nonsense\n`)).toBe(400);
    intake.before = () => {
      throw new StorageUnavailable('away');
    };
    expect(await post(receiver, even)).toBe(503);
    intake.before = () => undefined;
    expect(await post(receiver, even)).toBe(200);
    expect(await post(receiver, lines([30]))).toBe(200);
    await post(receiver, lines([0, 10, 20, 90], 'jobid=other,rank=0'));
    expect((await told()).point.series.tags.get('stype-id')).toBe('other');
    expect(intake.points).toHaveLength(1);
  });

  it('tells of a region later when nothing can be stored at the moment', async () => {
    const receiver = await started();
    await post(receiver, lines([0, 10, 20]));
    let tries = 0;
    await post(receiver, lines([90]));
    intake.before = () => {
      tries += 1;
      if (tries < 3) throw new StorageUnavailable('away');
    };
    await told();
    expect(tries).toBe(3);
    expect(intake.points).toHaveLength(1);
  });
});

describe('its settings', () => {
  it('have the defaults of the original', () => {
    expect(eecptSchema.parse({})).toMatchObject({
      port: 8_080,
      path: '/',
      analysis_buffer_size: 4,
      analysis_interval: 300_000,
      analysis_metric: 'region_metric',
    });
  });

  it.each([
    [{ analysis_buffer_size: 2 }, 'analysis_buffer_size'],
    [{ analysis_buffer_size: 2.5 }, 'analysis_buffer_size'],
    [{ analysis_interval: '0s' }, 'analysis_interval'],
    [{ analysis_metric: '' }, 'analysis_metric'],
    [{ username: 'a' }, 'username'],
  ])('cannot be %j', (given, key) => {
    expect(eecptSchema.safeParse(given).error?.issues.map(({ path }) => path[0])).toContain(key);
  });
});
