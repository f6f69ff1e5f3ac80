import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IntegrationHealthStore } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const DOWN = { code: 'http_503', reason: 'Slack is away.', isDown: true };
const REFUSED = { code: 'invalid_blocks', reason: 'Slack refuses it.', isDown: false };
const LIMIT = 3;

describe('a degraded integration', () => {
  const store = new IntegrationHealthStore();
  let harness: DeliveryHarness;
  let id: string;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    harness.slack.workspace.addChannel('alerts');
    harness.slack.workspace.addToken(TOKEN);
    id = await harness.addIntegration(TOKEN, '#alerts');
  });
  afterEach(async () => {
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  const integration = () => harness.integration(id);
  const falter = (note = DOWN) => store.falter(harness.database, id, note, LIMIT, harness.clock.now());
  /** Milliseconds from now on, or null. */
  async function leftAlone(): Promise<number | null> {
    const { throttledUntil } = await integration();
    return throttledUntil && throttledUntil.getTime() - harness.clock.now().getTime();
  }
  async function degrade(): Promise<void> {
    for (let n = 0; n < LIMIT; n += 1) await falter();
    expect(await leftAlone()).toBe(1_000);
  }

  it('whose sink is down is left alone for 1 s, 2 s, 4 s … and at most half a minute', async () => {
    await degrade();
    const pauses: (number | null)[] = [];
    for (let n = 0; n < 7; n += 1) {
      harness.clock.advance((await leftAlone())! - 1);
      await falter();
      expect(await leftAlone()).toBe(1);
      harness.clock.advance(1);
      await falter();
      pauses.push(await leftAlone());
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is not left alone for what its sink refused', async () => {
    for (let n = 0; n < 10; n += 1) await falter(REFUSED);
    expect(await integration()).toMatchObject({ health: 'degraded', throttledUntil: null });
  });

  it('is called no more than it may be, and goes on when its sink is back', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 500 }, 3);
    for (const key of ['a', 'b', 'c', 'd']) {
      const content = anIssueReport({ key, time: harness.clock.now() });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    }
    const work = harness.createPipeline({ callsPerIntegration: 1 }).worker;
    const due = await harness.backlog.dueOf(harness.database, id, harness.clock.now(), 4);
    for (const delivery of due) await work.run(delivery.id);
    expect(await leftAlone()).toBe(1_000);
    const calls = harness.slack.requests.length;
    await harness.later(999);
    expect(harness.slack.requests).toHaveLength(calls);
    await harness.later(1);
    expect(await integration()).toMatchObject({ health: 'healthy', throttledUntil: null });
    await harness.later(60_000);
    expect(harness.slack.workspace.visibleMessages('alerts')).toHaveLength(4);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a call that was delivered', () => store.thrive(harness.database, id, harness.clock.now())],
    ['an edit', () => harness.health.changed(id)],
    ['a passed test', () => harness.health.mended(id)],
    ['being resumed', () => harness.database.transaction((tx) => harness.health.turns.tryAgain(tx, id))],
  ])('is not left alone any more after %s', async (_what, end) => {
    await degrade();
    await end();
    expect(await integration()).toMatchObject({ health: 'healthy', throttledUntil: null, failuresInRow: 0 });
    await falter();
    expect(await leftAlone()).toBeNull();
  });

  it('is left alone as long as its sink asked for, whatever was delivered meanwhile', async () => {
    const until = new Date(harness.clock.now().getTime() + 60_000);
    await store.throttle(harness.database, id, until);
    await falter();
    await store.thrive(harness.database, id, harness.clock.now());
    await harness.health.changed(id);
    expect(await integration()).toMatchObject({ throttledUntil: until });
  });
});
