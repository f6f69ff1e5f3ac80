import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../domain/index.js';
import { silentLogger } from '../../observability/index.js';
import { DeliveryEntity, HoldEntity } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { HoldEnds } from './hold-ends.js';

const TOKEN = 'xoxb-planted-token-abcd';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let harness: DeliveryHarness;
let ends: HoldEnds;
let channel: string;

beforeAll(async () => {
  harness = await DeliveryHarness.start();
  const { database, intake, clock } = harness;
  ends = new HoldEnds({ database, intake, clock, logger: silentLogger });
});
beforeEach(async () => {
  harness.clock.set('2026-01-01T00:00:00Z');
  harness.slack.reset();
  harness.slack.workspace.addToken(TOKEN);
  channel = harness.slack.workspace.addChannel('alerts').id;
  for (const table of [
    'holds',
    'held_deliveries',
    'deliveries',
    'issues',
    'issue_events',
    'notifications',
    'integrations',
  ])
    await harness.database.query(`DELETE FROM ${table}`);
  await harness.addIntegration(TOKEN, '#alerts');
});
afterAll(() => harness.stop());

async function hold(change: Partial<HoldEntity> = {}): Promise<string> {
  const now = harness.clock.now();
  const id = change.id ?? newId();
  await harness.database.repository(HoldEntity).insert({
    id,
    organizationId: newId(),
    projectId: harness.projectId,
    type: 'silence',
    reason: 'New disks',
    matcher: {},
    fromAt: now,
    untilAt: new Date(now.getTime() + HOUR_MS),
    cron: null,
    timeZone: null,
    durationMs: null,
    author: 'ada@example.com',
    createdAt: now,
    updatedAt: now,
    summedUntil: now,
    ...change,
  } as never);
  return id;
}
/** Every night from 1:00 to 2:00. */
const nightly = (change: Partial<HoldEntity> = {}): Promise<string> =>
  hold({ type: 'window', untilAt: null, cron: '0 1 * * *', timeZone: 'UTC', durationMs: HOUR_MS, ...change });

async function report(key: string, change: Parameters<typeof anIssueReport>[0] = {}): Promise<void> {
  const { projectId, clock } = harness;
  await harness.intake.run((scope) =>
    scope.acceptIssue(projectId, anIssueReport({ key, time: clock.now(), ...change })),
  );
  await harness.work();
}
const read = (id: string): Promise<HoldEntity> =>
  harness.database.repository(HoldEntity).findOneByOrFail({ id });
const notifications = () =>
  harness.database.query<{ title: string; severity: string; message: string }>(
    'SELECT title, severity, message FROM notifications ORDER BY id',
  );
const held = () => harness.database.query('SELECT 1 FROM held_deliveries');
const posts = (): number => harness.slack.workspace.visibleMessages(channel).length;

describe('the end of a silence', () => {
  it('is told once, with what is open still, and what was held back is shown', async () => {
    const id = await hold();
    await report('a', { severity: 'critical', kind: 'disk-usage' });
    await report('b', { kind: 'core-load' });
    await report('b', { event: 'closed', kind: 'core-load' });
    expect([posts(), (await held()).length]).toEqual([0, 2]);
    await harness.later(HOUR_MS + 3_000);
    expect(posts()).toBe(1);
    await Promise.all([ends.run(), ends.run()]);
    await ends.run();
    expect(await notifications()).toEqual([
      {
        title: 'Silence over',
        severity: 'critical',
        message: [
          'The silence by ada@example.com is over: New disks',
          'It lasted from 2026-01-01T00:00:00.000Z to 2026-01-01T01:00:00.000Z and held back 2 issues.',
          'One of these issues is open still:',
          '- disk-usage (critical)',
        ].join('\n'),
      },
    ]);
    expect(await read(id)).toMatchObject({ heldBack: 2, endedAt: new Date('2026-01-01T01:00:00Z') });
    expect(await held()).toEqual([]);
  });

  it('says nothing when nothing is open any more, and nothing when nothing was held back', async () => {
    const id = await hold();
    const other = await hold({ matcher: { kinds: ['core-load'] } });
    await report('a');
    await report('a', { event: 'closed' });
    await harness.later(HOUR_MS + 3_000);
    await ends.run();
    expect(await notifications()).toEqual([]);
    expect([(await read(id)).heldBack, (await read(other)).heldBack]).toEqual([1, 0]);
    expect((await read(other)).endedAt).not.toBeNull();
    const { suppressed } = await harness.database.repository(DeliveryEntity).findOneByOrFail({});
    expect(suppressed).toBe(2);
  });

  it('is told when nothing but notifications was held back, and the notice passes other silences', async () => {
    await harness.database.query(`UPDATE integrations SET source = 'notifications'`);
    const short = await hold();
    await hold({ untilAt: new Date('2026-01-02T00:00:00Z') });
    const { projectId } = harness;
    for (const title of ['Provisioning failed', null]) {
      harness.clock.advance(1_000);
      await harness.intake.run((scope) =>
        scope.acceptNotification({
          projectId,
          clusterId: null,
          severity: 'critical',
          title,
          message: 'No\nspace',
        }),
      );
    }
    await harness.work();
    await harness.database.query('UPDATE held_deliveries SET hold_id = $1', [short]);
    expect([posts(), (await held()).length]).toEqual([0, 2]);
    await harness.later(HOUR_MS + 3_000);
    await ends.run();
    await harness.work();
    const [told] = (await notifications()).slice(-1);
    expect(told).toMatchObject({ title: 'Silence over', severity: 'critical' });
    expect(told!.message.split('\n').slice(1)).toEqual([
      'It lasted from 2026-01-01T00:00:00.000Z to 2026-01-01T01:00:00.000Z and held back 2 notifications.',
      'The notifications are not sent any more:',
      '- Provisioning failed (critical)',
      '- No space (critical)',
    ]);
    expect(posts()).toBe(1);
  });

  it('is not summed up before it is over', async () => {
    const id = await hold();
    await report('a');
    await harness.later(HOUR_MS - 1);
    await ends.run();
    expect(await notifications()).toEqual([]);
    expect((await read(id)).endedAt).toBeNull();
  });

  it('also sums up what was released before, and names no more than ten', async () => {
    await hold();
    for (let number = 0; number < 12; number += 1) await report(`issue-${number}`);
    await harness.later(HOUR_MS);
    const released = await harness.database.repository(DeliveryEntity).find();
    expect(released.every(({ heldBy }) => heldBy === null)).toBe(true);
    harness.clock.advance(5_000);
    await ends.run();
    const [told] = await notifications();
    expect(told!.message).toContain('12 of these issues are open still:');
    expect(told!.message.match(/^- disk-usage \(warning\)$/gm)).toHaveLength(10);
    expect(told!.message).toContain('- and 2 more');
  });

  it('looks again at what a claim held back in the moment in which it was ended by hand', async () => {
    const id = await hold();
    await report('a');
    harness.clock.advance(MINUTE_MS);
    const now = harness.clock.now();
    await harness.database.query('UPDATE holds SET until_at = $2, updated_at = $2 WHERE id = $1', [id, now]);
    await harness.work();
    expect(posts()).toBe(0);
    await ends.run();
    await harness.work();
    expect(posts()).toBe(1);
  });
});

describe('what is kept', () => {
  it('are silences for 30 days after their end', async () => {
    const id = await hold();
    const lasting = await nightly();
    await harness.later(HOUR_MS + 3_000);
    await ends.run();
    harness.clock.advance(30 * 24 * HOUR_MS - MINUTE_MS);
    await ends.forget();
    expect((await read(id)).endedAt).not.toBeNull();
    harness.clock.advance(2 * MINUTE_MS);
    await ends.forget();
    const left = await harness.database.repository(HoldEntity).find();
    expect(left.map((one) => one.id)).toEqual([lasting]);
  });

  it('is no note that came after its sum, nor one of a hold that is over or gone', async () => {
    const now = harness.clock.now();
    const before = new Date(now.getTime() - MINUTE_MS);
    const over = await hold({ endedAt: now });
    const open = await hold();
    const notes = [
      [over, 'a', now],
      [open, 'b', before],
      [open, 'c', now],
      ['gone', 'd', now],
    ];
    for (const note of notes)
      await harness.database.query(`INSERT INTO held_deliveries VALUES ($1, $2, $3)`, note);
    harness.clock.advance(2 * MINUTE_MS);
    await ends.forget();
    expect(await harness.database.query('SELECT delivery_id AS id FROM held_deliveries')).toEqual([
      { id: 'c' },
    ]);
  });
});

describe('the end of a window', () => {
  it('is told after each occurrence that left something open', async () => {
    const id = await nightly();
    await harness.later(HOUR_MS);
    await report('a');
    expect(posts()).toBe(0);
    await harness.later(HOUR_MS + 3_000);
    expect(posts()).toBe(1);
    await ends.run();
    await ends.run();
    const told = await notifications();
    expect(told).toMatchObject([{ title: 'Maintenance window over', severity: 'warning' }]);
    expect(told[0]!.message).toContain('from 2026-01-01T01:00:00.000Z to 2026-01-01T02:00:00.000Z');
    expect(await read(id)).toMatchObject({
      endedAt: null,
      heldBack: 1,
      summedUntil: new Date('2026-01-01T02:00:00Z'),
    });
    await harness.later(24 * HOUR_MS);
    await ends.run();
    expect(await notifications()).toHaveLength(1);
    expect(await read(id)).toMatchObject({ summedUntil: new Date('2026-01-02T02:00:00Z') });
  });

  it('for good finishes it', async () => {
    const id = await nightly({ untilAt: new Date('2026-01-01T01:30:00Z') });
    await harness.later(HOUR_MS);
    await report('a');
    await harness.later(31 * MINUTE_MS);
    await ends.run();
    expect((await notifications())[0]!.message).toContain('to 2026-01-01T01:30:00.000Z');
    expect(await read(id)).toMatchObject({ endedAt: new Date('2026-01-01T01:30:00Z'), heldBack: 1 });
  });

  it('that cannot be summed up keeps no other from its end', async () => {
    // It comes first.
    const broken = await hold({ id: '0'.repeat(20) });
    await report('a');
    const other = await hold();
    await harness.database.query('UPDATE held_deliveries SET hold_id = $1', [broken]);
    // Its sum would be more than the column holds.
    await harness.database.query('UPDATE holds SET held_back = 2147483647 WHERE id = $1', [broken]);
    await harness.later(HOUR_MS + 3_000);
    await ends.run();
    expect([(await read(broken)).endedAt, (await read(other)).endedAt]).toEqual([null, expect.any(Date)]);
    expect(await notifications()).toEqual([]);
  });

  it('whose schedule cannot be read any more holds nothing, and keeps no other from its end', async () => {
    const broken = await nightly({ cron: 'no schedule' });
    const id = await hold();
    await report('a');
    await harness.later(HOUR_MS + 3_000);
    await ends.run();
    expect([(await read(broken)).endedAt, (await read(id)).endedAt]).toEqual([null, expect.any(Date)]);
  });
});
