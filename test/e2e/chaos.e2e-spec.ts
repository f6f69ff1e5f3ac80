import { afterEach, describe, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { testRedisUrl, waitUntil } from '../../libs/testing/index.js';
import { Chaos, emptyRedis } from './support/chaos.js';
import { Reporter } from './support/reporter.js';
import { SeededRandom } from './support/seeded-random.js';
import { CLOSED_COLOR, OPEN_COLOR, World } from './support/world.js';

const ISSUES = 20;
const UPDATES = 5;
const PAUSE_MS = 2_500;
const HUB_KILLS = 6;
const POSTGRES_KILLS = 2;
const SETTLE_PATIENCE_MS = 90_000;

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const redisUrl = testRedisUrl() && `${testRedisUrl()}/9`;
const backends = [
  { backend: 'PostgreSQL', settings: {}, available: true },
  { backend: 'Redis', settings: { REDIS_URL: redisUrl ?? '' }, available: redisUrl !== undefined },
];

describe.each(backends)('while everything is killed, with queues on $backend', ({ settings, available }) => {
  let world: World;
  afterEach(() => world?.stop());

  it.runIf(available)(
    `every issue is one message that ends green (CHAOS_SEED=${seed})`,
    async () => {
      const random = new SeededRandom(seed);
      world = await World.start(settings);
      const path = world.project.integration(world.integrationId);
      // As many issues as open here at once would be a storm; this story is about single messages.
      await world.client.call('PUT', `${path}/settings`, { stormThreshold: 0 });
      await openWatchedIssue();
      const reporters = Array.from(
        { length: ISSUES },
        (_, index) => new Reporter(world, random.fork(), `backup-${String(index).padStart(2, '0')}`),
      );

      await survive(reporters, new Chaos(world, random));
      world.cluster.setDisk(0, 30);
      await expectHappyEnd(reporters);
      if (settings.REDIS_URL) await emptyRedis(settings.REDIS_URL);
    },
    240_000,
  );

  /** One issue of the hub's own detection: its schedules and its memory must survive, too. */
  async function openWatchedIssue(): Promise<void> {
    await world.watchCluster();
    world.cluster.setDisk(0, 90);
    await world.untilColors(OPEN_COLOR);
  }

  /** Resolves when everything is reported and nothing goes wrong any more, also when something of it failed. */
  async function survive(reporters: readonly Reporter[], chaos: Chaos): Promise<void> {
    let isOver = false;
    const troubles = [
      chaos.killHub(HUB_KILLS),
      chaos.killPostgres(POSTGRES_KILLS),
      ...reporters.map((reporter) => reporter.tell(UPDATES, PAUSE_MS)),
    ];
    const ended = await Promise.allSettled([
      Promise.allSettled(troubles).finally(() => (isOver = true)),
      chaos.troubleSlack(() => isOver),
      ...(settings.REDIS_URL ? [chaos.flushRedis(settings.REDIS_URL, () => isOver)] : []),
    ]);
    await Promise.all(troubles);
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  async function expectHappyEnd(reporters: readonly Reporter[]): Promise<void> {
    await waitUntil(
      async () => {
        const { inFlight, parked } = await world.project.ledger(world.integrationId);
        return inFlight + parked === 0 && (await world.project.issues('open')).length === 0;
      },
      { what: 'everything to be closed and told', timeoutMs: SETTLE_PATIENCE_MS, intervalMs: 100 },
    );
    const texts = world.messages.map((message) => JSON.stringify(shownBy(message)));
    for (const { key } of reporters) {
      expect(
        texts.filter((text) => text.includes(`${key} is well again`)),
        key,
      ).toHaveLength(1);
    }
    expect(texts.filter((text) => text.includes('possible duplicate'))).toEqual([]);
    expect(world.colors()).toEqual(Array.from({ length: ISSUES + 1 }, () => CLOSED_COLOR));
    expect(world.slack.workspace.messages.filter(({ deletedAt }) => deletedAt)).toEqual([]);
    const ledger = await world.project.ledger(world.integrationId);
    expect(ledger).toMatchObject({
      balanced: true,
      inFlight: 0,
      rejected: 0,
      suppressed: 0,
      parked: 0,
      expired: 0,
    });
    const reported = reporters.reduce((sum, { accepted }) => sum + accepted, 0);
    expect(ledger.accepted).toBeGreaterThanOrEqual(reported);
  }
});
