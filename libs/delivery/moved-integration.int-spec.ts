import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { anIssueReport } from '../testing/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

const KEYS = ['a', 'b', 'c'];

describe('an integration whose channel was archived, pointed at another one by name', () => {
  let harness: DeliveryHarness;
  let id: string;
  let serial = 0;

  const report = async (key: string, event: 'open' | 'closed'): Promise<void> => {
    const content = anIssueReport({ key: `${serial}:${key}`, event, time: harness.clock.now() });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    await harness.work();
  };
  const health = async () => (await harness.integration(id)).health;
  const failingNews = async (): Promise<number> => {
    const rows = await harness.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM notifications WHERE except_for = $1 AND title LIKE '%fail%'`,
      [id],
    );
    return rows[0]!.n;
  };
  const shownIn = (channel: string): string[] =>
    harness.slack.workspace
      .visibleMessages(channel)
      .map((message) => shownBy(message).attachments[0]?.color ?? '');

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    harness.slack.reset();
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.workspace.addToken('xoxb-1');
    const old = harness.slack.workspace.addChannel('old');
    harness.slack.workspace.addChannel('new');
    id = await harness.addIntegration('xoxb-1', '#old');
    for (const key of KEYS) await report(key, 'open');
    harness.slack.workspace.changeChannel(old.id, { isArchived: true });
    await report('d', 'open');
    expect(await health()).toBe('failing');
    harness.clock.advance(1_000);
    await harness.database.query(`UPDATE integrations SET config = $2, updated_at = $3 WHERE id = $1`, [
      id,
      JSON.stringify({ channelId: '#new' }),
      harness.clock.now(),
    ]);
    await harness.health.mended(id);
    await harness.work();
  });

  it('shows there whatever happens to issues that were shown in the old one, and does not fail again', async () => {
    expect(shownIn('new')).toHaveLength(1);
    for (const key of KEYS.slice(0, 2)) await report(key, 'closed');
    await harness.later(400_000);
    await report('c', 'open');
    await harness.later(400_000);
    expect(shownIn('new').toSorted()).toEqual(['#12a150', '#12a150', '#d92d20', '#d92d20']);
    expect(await health()).toBe('healthy');
    expect(await failingNews()).toBe(1);
    expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({
      balanced: true,
      parked: 0,
      inFlight: 0,
    });
  });

  it('goes on there after the old one was unarchived as well', async () => {
    const old = harness.slack.workspace.visibleMessages('old');
    harness.slack.workspace.changeChannel(old[0]!.channel, { isArchived: false });
    await report('a', 'closed');
    expect(shownIn('old')).toContain('#12a150');
    await report('e', 'open');
    expect(shownIn('new')).toHaveLength(2);
    expect(await health()).toBe('healthy');
  });
});
