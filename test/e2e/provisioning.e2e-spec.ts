import { afterEach, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { CHANNEL, SLACK_TOKEN, World } from './support/world.js';

let world: World;
afterEach(() => world?.stop());

it('sends the failure of a provisioning step word for word, and marks the cluster', async () => {
  world = await World.start();
  const clusterId = await world.watchCluster();
  await world.project.addSlack(`#${CHANNEL}`, SLACK_TOKEN, 'notifications');
  const status = async (): Promise<string> => (await world.project.cluster(clusterId)).status;
  expect(await status()).toBe('available');

  await world.project.provisioning(clusterId, { step: 'instances', outcome: 'failed' });
  expect(await status()).toBe('defunct');
  await world.project.provisioning(clusterId, { step: 'instances', outcome: 'succeeded' });
  expect(await status()).toBe('available');
  await world.project.provisioning(clusterId, { step: 'volumes', outcome: 'failed' });
  expect(await status()).toBe('defunct');
  await world.project.provisioning(clusterId, { step: 'volumes', outcome: 'succeeded' });
  expect(await status()).toBe('available');

  await world.slack.waitFor(() => world.messages.length >= 2, 30_000);
  await world.untilSettled();
  const shown = world.messages.map((message) => JSON.stringify(shownBy(message)));
  expect(shown).toHaveLength(2);
  const texts = ['Cluster instances failed to provision', 'Cluster volumes failed to provision'];
  for (const text of texts) expect(shown.filter((one) => one.includes(text))).toHaveLength(1);
  expect(await world.project.issues()).toEqual([]);
});
