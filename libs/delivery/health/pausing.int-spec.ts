import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryStore, ParkingStore } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const KEY = 'key-one-1111111111';
const TEN_MINUTES_MS = 600_000;

describe('pausing an integration', () => {
  const parking = new ParkingStore();
  let harness: DeliveryHarness;
  let id: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    harness.opsGenie.addKey(KEY);
    id = await harness.addOpsGenie(KEY);
  });
  afterEach(() => harness.database.query(`UPDATE integrations SET status = 'deleted'`));

  const accept = (event: 'open' | 'closed') =>
    harness.intake.run((scope) =>
      scope.acceptIssue(
        harness.projectId,
        anIssueReport({ key: `${serial}`, event, time: harness.clock.now() }),
      ),
    );
  async function settle(): Promise<void> {
    for (let n = 0; n < 10; n += 1) await harness.later(1_000);
  }
  const pause = () =>
    harness.database.transaction(async (tx) => {
      await parking.pause(tx, id, 'Ann', null, harness.clock.now());
      await parking.park(tx, id, harness.clock.now());
    });
  const resume = async (): Promise<void> => {
    await harness.database.transaction((tx) => parking.resume(tx, id));
    await harness.health.letGo(id);
  };
  const looks = async (): Promise<number> => {
    const [row] = await harness.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM attempts WHERE integration_id = $1 AND action = 'verify'`,
      [id],
    );
    return row!.n;
  };

  it('parks also what waits to be read back, which is read back when it is resumed', async () => {
    await accept('open');
    await settle();
    await accept('closed');
    await settle();
    expect(await looks()).toBe(1);
    await pause();
    expect(await harness.delivery(id)).toMatchObject({ parked: true, dueAt: null, owedSince: null });
    expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ parked: 0, balanced: true });
    await harness.later(TEN_MINUTES_MS);
    expect(await looks()).toBe(1);
    await resume();
    await harness.work();
    expect(await looks()).toBe(2);
    expect(await harness.delivery(id)).toMatchObject({ parked: false, dueAt: null, owedSince: null });
  });

  it.each([
    ['is owed', 'parked = false'],
    ['probes a failing integration', 'parked = true'],
    [
      'is held back until now',
      `settled_seq = accepted_seq, suppressed = 1, owed_since = NULL, held_by = 'h'`,
    ],
  ])('keeps whoever has read what %s from beginning a call', async (_what, state) => {
    await accept('open');
    await harness.database.query(`UPDATE deliveries SET ${state} WHERE integration_id = $1`, [id]);
    const [row] = await harness.database.query<{ id: string; version: string }>(
      'SELECT id, xmin::text AS version FROM deliveries WHERE integration_id = $1',
      [id],
    );
    await pause();
    const leaseUntil = new Date(harness.clock.now().getTime() + 60_000);
    const begin = { ...row!, call: {}, mirror: {}, stormId: null, leaseToken: 'token', leaseUntil };
    expect(await new DeliveryStore().begin(harness.database, begin)).toBe(false);
  });

  it('leaves when to look again at what is held back', async () => {
    await accept('open');
    const until = new Date(harness.clock.now().getTime() + 60_000);
    await harness.database.query(
      `UPDATE deliveries SET settled_seq = accepted_seq, suppressed = 1, owed_since = NULL, held_by = 'h', due_at = $2
       WHERE integration_id = $1`,
      [id, until],
    );
    await pause();
    expect(await harness.delivery(id)).toMatchObject({ parked: false, dueAt: until });
  });
});
