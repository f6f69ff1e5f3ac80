import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownBy, type SlackFault, type SlackMessage } from '../../apps/sandbox/slack/index.js';
import type { Fault } from '../../apps/sandbox/stand-in/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';
import { RealHistory, type RealStep } from './testing/real-history.js';
import type { Side } from './testing/real-people.js';
import { replaysOf } from './testing/real-replays.js';

const SLACK_FAULTS: SlackFault[] = [
  { kind: 'rate-limit', retryAfter: 20 },
  { kind: 'rate-limit' },
  { kind: 'http', status: 503 },
  { kind: 'http', status: 500, landed: true },
  { kind: 'drop' },
  { kind: 'drop', landed: true },
  { kind: 'html', landed: true },
  { kind: 'error', code: 'internal_error' },
  { kind: 'error', code: 'service_unavailable' },
];
const OPSGENIE_FAULTS: Fault[] = [
  { kind: 'answer', status: 429, headers: { 'x-ratelimit-period-in-sec': '20' } },
  { kind: 'answer', status: 429 },
  { kind: 'answer', status: 503 },
  { kind: 'answer', status: 500, landed: true },
  { kind: 'answer', status: 503, landed: true },
  { kind: 'drop' },
  { kind: 'drop', landed: true },
  { kind: 'html' },
  { kind: 'html', status: 502, landed: true },
];
const at = fc.constantFrom<Side>('slack', 'opsGenie');
const is = <Name extends string>(...names: Name[]) => fc.constantFrom(...names);
const step: fc.Arbitrary<RealStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: is('open'), issue: fc.nat({ max: 3 }), severity: is('warning', 'critical') }),
  },
  { weight: 6, arbitrary: fc.record({ do: is('pass'), ms: fc.integer({ min: -60_000, max: 400_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: is('slack-fault'), fault: fc.constantFrom(...SLACK_FAULTS) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('opsGenie-fault'), fault: fc.constantFrom(...OPSGENIE_FAULTS) }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('crash'), at, after: is('claim', 'call') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: is('delete', 'end-by-hand', 'judge-later', 'judge') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('silence', 'lift') }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('revoke', 'mend'), at }) },
  { weight: 3, arbitrary: fc.record({ do: is('filter', 'unfilter', 'replay'), at }) },
);

/** Issues that are over within seconds, while nobody knows what landed. */
const hastyStep: fc.Arbitrary<RealStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: is('open'), issue: fc.nat({ max: 1 }), severity: is('critical') }),
  },
  { weight: 4, arbitrary: fc.record({ do: is('close'), issue: fc.nat({ max: 1 }) }) },
  { weight: 3, arbitrary: fc.record({ do: is('pass'), ms: fc.integer({ min: 1, max: 4_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: is('opsGenie-fault'), fault: fc.constantFrom(...OPSGENIE_FAULTS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is('crash'), at: fc.constant<Side>('opsGenie'), after: is('claim', 'call') }),
  },
);

const colorOf = (message: SlackMessage): string | undefined => shownBy(message).attachments[0]?.color;

describe('random histories over the real store and the stand-ins of Slack and OpsGenie', () => {
  let harness: DeliveryHarness;
  let replaying: Awaited<ReturnType<typeof replaysOf>>;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
    replaying = await replaysOf(harness);
  });
  afterAll(async () => {
    await replaying.stop();
    await harness.stop();
  });

  async function begin(steps: readonly RealStep[]): Promise<RealHistory> {
    serial += 1;
    const history = new RealHistory(harness, replaying.replays, serial);
    await history.begin();
    await history.report(0);
    for (const each of steps) await history.play(each);
    return history;
  }

  async function play(steps: readonly RealStep[], reopens: boolean): Promise<RealHistory> {
    const history = await begin(steps);
    await history.calm();
    await history.closeAll();
    for (const { alias } of harness.opsGenie.alerts.slice(0, reopens ? 1 : 0)) {
      await harness.later(5_000);
      harness.opsGenie.account.openByHand(alias);
    }
    for (let round = 0; round < 4; round += 1) await harness.later(400_000);
    return history;
  }

  it('end with everything closed at both, and balanced ledgers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 16, size: 'max' }),
        fc.boolean(),
        async (steps, reopens) => {
          const { channel, ids } = await play(steps, reopens);
          for (const id of Object.values(ids))
            expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({
              balanced: true,
              inFlight: 0,
              parked: 0,
              expired: 0,
              rejected: 0,
            });
          const live = harness.slack.workspace.visibleMessages(channel);
          expect(live.length).toBeGreaterThan(0);
          for (const message of live) {
            expect(colorOf(message)).toBe('#12a150');
            expect(JSON.stringify(shownBy(message))).not.toContain('ossible duplicate');
          }
          expect(harness.opsGenie.alerts.filter(({ status }) => status === 'open')).toEqual([]);
          await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
        },
      ),
      { numRuns: 60, endOnFailure: false },
    );
  }, 240_000);

  it('leave no alert open of what was closed before all was well again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hastyStep, { maxLength: 12, size: 'max' }), async (steps) => {
        const history = await begin(steps);
        await history.closeAll();
        await history.calm();
        const ledger = await harness.ledgers.of(harness.projectId, history.ids.opsGenie);
        expect(ledger).toMatchObject({ balanced: true, inFlight: 0, parked: 0, rejected: 0 });
        expect(harness.opsGenie.alerts.filter(({ status }) => status === 'open')).toEqual([]);
        await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
      }),
      { numRuns: 60, endOnFailure: false },
    );
  }, 240_000);
});
