import { afterEach, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { CLOSED_COLOR, World, type Watched } from './support/world.js';

let world: World;
afterEach(() => world?.stop());

const until = (what: string, look: () => Promise<boolean>): Promise<true> =>
  waitUntil(look, { what, timeoutMs: 45_000, intervalMs: 100 });
const isOpenAt = async (cluster: Watched): Promise<boolean> =>
  (await world.kindsOf(cluster, 'open')).includes('disk-usage');

it("a cluster's own threshold counts for that cluster only, from the next look on", async () => {
  world = await World.start();
  const [own, other] = [await world.watchAnother('own'), await world.watchAnother('other')];
  await world.project.changeCluster(own.id, {
    detection: { 'disk-usage': { threshold: 60, window: '500ms' } },
  });
  for (const { standIn } of [own, other]) standIn.setDisk(2, 70);
  await until('the issue at the first cluster', () => isOpenAt(own));
  const [issue] = await world.project.issues('open');
  expect(issue?.message).toContain('threshold of 60 %');
  await world.project.changeCluster(own.id, { detection: null });
  await until('its end', async () => !(await isOpenAt(own)));
  expect(await world.kindsOf(other)).toEqual([]);
});

it('an issue ends, and says why, when its detector is switched off', async () => {
  world = await World.start();
  const cluster = await world.watchAnother('orders');
  cluster.standIn.setDisk(0, 91);
  await until('the issue', () => isOpenAt(cluster));
  const view = await world.project.changeCluster(cluster.id, {
    detection: { 'disk-usage': { enabled: false } },
  });
  expect(view.detectors.find(({ kind }) => kind === 'disk-usage')).toMatchObject({ status: 'off' });
  await until('its end', async () => !(await isOpenAt(cluster)));
  const [closed, ...others] = await world.project.issues('closed');
  expect(others).toEqual([]);
  expect(closed?.message).toContain('switched off');
  await world.untilColors(CLOSED_COLOR);

  await world.project.changeCluster(cluster.id, { detection: { 'disk-usage': { enabled: true } } });
  await until('another issue', () => isOpenAt(cluster));
  const [again] = await world.project.issues('open');
  expect([again?.id === closed?.id, again?.message]).toEqual([false, expect.stringContaining('91.0 %')]);
});

it('a node whose cores are told is judged from then on', async () => {
  world = await World.start();
  const withoutCores = (urls: readonly string[]) => ({ nodes: urls.map((address) => ({ address })) });
  const cluster = await world.watchAnother('orders', { nodes: 1 }, withoutCores);
  cluster.standIn.setLoad(0, 5);
  const loadOf = async () =>
    (await world.project.cluster(cluster.id)).detectors.find(({ kind }) => kind === 'core-load');
  await world.untilSeen([cluster]);
  expect(await loadOf()).toMatchObject({ status: 'off', reason: expect.stringContaining('core') });
  const [node] = (await world.project.cluster(cluster.id)).nodes;
  await world.project.changeCluster(cluster.id, { nodes: [{ address: node!.address, cores: 2 }] });
  await until('the issue', async () => (await world.kindsOf(cluster, 'open')).includes('core-load'));
  expect(await loadOf()).toMatchObject({ status: 'on' });
});
