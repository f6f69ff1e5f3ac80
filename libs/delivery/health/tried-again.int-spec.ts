import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HealthReadStore } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const QUIET_MS = 11 * 60_000;
const FAILING = 'Integration failing';
const RECOVERED = 'Integration recovered';

describe('an integration that was failing and is edited or resumed', () => {
  let harness: DeliveryHarness;
  let id: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    harness.slack.workspace.addChannel('alerts');
    harness.slack.workspace.addToken(TOKEN);
    id = await harness.addIntegration(TOKEN, '#alerts');
    harness.slack.workspace.revokeToken(TOKEN);
    await report('first');
  });
  afterEach(async () => {
    expect((await harness.ledgers.of(harness.projectId, id)).balanced).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  const integration = () => harness.integration(id);
  const renew = () => harness.slack.workspace.addToken(TOKEN);
  async function report(key: string): Promise<void> {
    const content = anIssueReport({ key: `${serial}:${key}`, time: harness.clock.now() });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    await harness.work();
  }
  async function told(): Promise<string[]> {
    const rows = await harness.database.query<{ title: string }>(
      'SELECT title FROM notifications WHERE except_for = $1 ORDER BY accepted_at, id',
      [id],
    );
    return rows.map(({ title }) => title);
  }
  const resume = async (): Promise<void> => {
    await harness.database.transaction((tx) => harness.health.turns.tryAgain(tx, id));
    await harness.health.letGo(id);
  };

  it.each([
    ['edited', () => harness.health.changed(id)],
    ['resumed', resume],
  ])('%s, is no news while no call has shown that it works, however often', async (_how, tryAgain) => {
    const { healthSince } = await integration();
    for (let n = 0; n < 3; n += 1) {
      harness.clock.advance(QUIET_MS);
      await tryAgain();
      await tryAgain();
      const untried = { health: 'degraded', healthCode: 'untried', probeAt: null };
      expect(await integration()).toMatchObject({ ...untried, failedCode: 'token_revoked' });
      expect((await integration()).healthReason).toMatch(
        /^It was failing until .* It failed with: Slack says the token was revoked/,
      );
      await harness.work();
      const again = { health: 'failing', healthCode: 'token_revoked', healthSince, failedCode: null };
      expect(await integration()).toMatchObject(again);
    }
    expect(await told()).toEqual([FAILING]);
    renew();
    await tryAgain();
    expect(await told()).toEqual([FAILING]);
    harness.clock.advance(1_000);
    await harness.work();
    expect(await told()).toEqual([FAILING, RECOVERED]);
    expect(await integration()).toMatchObject({ health: 'healthy', healthCode: null, failedSince: null });
    expect((await harness.delivery(id)).delivered).toBe(1);
  });

  it('is told to fail when it fails for another reason then', async () => {
    renew();
    harness.clock.advance(QUIET_MS);
    await harness.health.changed(id);
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'is_archived' });
    await harness.work();
    expect(await integration()).toMatchObject({ health: 'failing', healthSince: harness.clock.now() });
    expect(await told()).toEqual([FAILING, FAILING]);
  });

  it('that passes its test recovers by that, also with nothing to send', async () => {
    await harness.health.changed(id);
    harness.clock.advance(1_000);
    await harness.health.mended(id);
    await harness.health.mended(id);
    expect(await told()).toEqual([FAILING, RECOVERED]);
    expect(await integration()).toMatchObject({ health: 'healthy', failedCode: null });
    renew();
    await harness.work();
  });

  it('stays untried after failures that say nothing of its reason, and recovers with the first call that goes', async () => {
    renew();
    await harness.health.changed(id);
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 400 }, 1);
    await harness.work();
    expect(await integration()).toMatchObject({ health: 'degraded', failedCode: 'token_revoked' });
    await harness.later(QUIET_MS);
    await report('second');
    expect(await told()).toEqual([FAILING, RECOVERED]);
  });

  it('whose probe is refused for its message is let go, and told to have recovered when one has gone', async () => {
    renew();
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 2);
    await harness.later(2 * 60_000);
    expect(await integration()).toMatchObject({ health: 'degraded', failedCode: 'token_revoked' });
    expect(await told()).toEqual([FAILING]);
    harness.slack.faults.clear();
    harness.clock.advance(1_000);
    await report('second');
    expect(await told()).toEqual([FAILING, RECOVERED]);
  });

  it('counts as its last success what showed something, not what only looked', async () => {
    const store = new HealthReadStore();
    const insert = (action: string) =>
      harness.database.query(
        `INSERT INTO attempts (id, delivery_id, integration_id, action, seq, outcome, started_at, duration_ms)
         VALUES ($1, $1, $2, $3, 1, 'delivered', $4, 1)`,
        [`${action}-${serial}`, id, action, harness.clock.now()],
      );
    await insert('verify');
    await insert('recover');
    expect(await store.lastSuccess(harness.database, id)).toBeNull();
    await insert('confirm');
    expect(await store.lastSuccess(harness.database, id)).toEqual(harness.clock.now());
  });
});
