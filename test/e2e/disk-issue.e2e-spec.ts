import { afterEach, describe, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { testRedisUrl } from '../../libs/testing/index.js';
import { CLOSED_COLOR, OPEN_COLOR, World } from './support/world.js';

const redisUrl = testRedisUrl();
const backends = [
  { backend: 'PostgreSQL', settings: {}, available: true },
  { backend: 'Redis', settings: { REDIS_URL: `${redisUrl}/7` }, available: redisUrl !== undefined },
];
const UPDATE_INTERVAL_MS = 2_000;

describe.each(backends)("a cluster's filling disk, with queues on $backend", ({ settings, available }) => {
  let world: World;
  afterEach(() => world?.stop());

  it.runIf(available)('becomes one Slack message, from red to green', async () => {
    world = await World.start(settings);
    await world.watchCluster();
    world.cluster.setDisk(0, 79);
    world.cluster.setDisk(1, 85);
    await world.untilColors(OPEN_COLOR);
    const [issue, ...others] = await world.project.issues('open');
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ kind: 'disk-usage', severity: 'warning' });
    await world.slack.waitFor(() => world.messages[0]!.revisions.length >= 3, 20_000);
    const times = world.messages[0]!.revisions.map(({ at }) => at.getTime());
    for (const [index, at] of times.entries()) {
      if (index > 0) expect(at - times[index - 1]!).toBeGreaterThanOrEqual(UPDATE_INTERVAL_MS);
    }
    world.cluster.setDisk(1, 50);
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
    expect(await world.project.issues('open')).toEqual([]);
    expect(await world.project.ledger(world.integrationId)).toMatchObject({
      balanced: true,
      inFlight: 0,
      rejected: 0,
    });
  });

  it.runIf(available)(
    'goes on with the same message after the hub was restarted, and after it was killed',
    async () => {
      world = await World.start(settings);
      await world.watchCluster();
      world.cluster.setDisk(0, 90);
      await world.untilColors(OPEN_COLOR);
      await world.restart('SIGTERM');
      expect(world.hub.output).toContain('hub.stopped');
      await world.restart('SIGKILL');
      world.cluster.setDisk(0, 97);
      await world.slack.waitFor(
        () => JSON.stringify(shownBy(world.messages[0]!)).includes('critical'),
        30_000,
      );
      world.cluster.setDisk(0, 30);
      await world.untilColors(CLOSED_COLOR);
      await world.untilSettled();
      expect(world.slack.workspace.messages).toHaveLength(1);
    },
  );
});
