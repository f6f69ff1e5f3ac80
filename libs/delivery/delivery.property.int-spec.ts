import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownBy, type SlackFault, type SlackMessage } from '../../apps/sandbox/slack/index.js';
import type { IssueReport, Severity } from '../domain/index.js';
import { anIssueReport } from '../testing/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

type Step =
  | { do: 'open'; severity: Severity }
  | { do: 'pass'; ms: number }
  | { do: 'fault'; fault: SlackFault }
  | { do: 'crash'; after: 'claim' | 'call' }
  | { do: 'delete' }
  | { do: 'revoke' };

const FAULTS: SlackFault[] = [
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
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      severity: fc.constantFrom('warning' as const, 'critical' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.integer({ min: -60_000, max: 400_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault: fc.constantFrom(...FAULTS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      after: fc.constantFrom('claim' as const, 'call' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'delete' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'revoke' as const }) },
);

const colorOf = (message: SlackMessage): string | undefined => shownBy(message).attachments[0]?.color;

describe('random histories over the real store and the Slack stand-in', () => {
  let harness: DeliveryHarness;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());

  async function play(steps: readonly Step[]): Promise<{ channel: string; integrationId: string }> {
    serial += 1;
    const token = `xoxb-random-${serial}`;
    const channel = `random-${serial}`;
    const { workspace, faults } = harness.slack;
    harness.slack.reset();
    workspace.addToken(token, { userId: 'U1', botId: 'B1' });
    workspace.addChannel(channel);
    const integrationId = await harness.addIntegration(token, `#${channel}`);
    const report = async (overrides: Partial<IssueReport>): Promise<void> => {
      const content = anIssueReport({ key: `random:${serial}`, time: harness.clock.now(), ...overrides });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    };
    await report({});
    for (const command of steps) {
      if (command.do === 'open') await report({ severity: command.severity });
      if (command.do === 'pass') harness.clock.advance(command.ms);
      if (command.do === 'fault') faults.next('*', command.fault);
      if (command.do === 'crash') await crash(integrationId, command.after);
      if (command.do === 'delete')
        for (const { channel: id, ts } of workspace.visibleMessages(channel)) workspace.delete(id, ts);
      if (command.do === 'revoke') workspace.revokeToken(token);
      await harness.work();
    }
    faults.clear();
    workspace.addToken(token, { userId: 'U1', botId: 'B1' });
    await harness.health.mended(integrationId);
    await report({ event: 'closed', severity: 'warning' });
    for (let round = 0; round < 8; round += 1) await harness.later(400_000);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    return { channel, integrationId };
  }

  /** A dispatcher that dies: with the claim written down and the call not made, or made and not recorded. */
  async function crash(integrationId: string, after: 'claim' | 'call'): Promise<void> {
    const { id } = await harness.delivery(integrationId);
    const { worker } = harness.createPipeline();
    const broken = worker as unknown as { call: unknown; record: unknown };
    if (after === 'claim') broken.call = () => Promise.resolve(null);
    else broken.record = () => Promise.resolve(null);
    await worker.run(id);
  }

  it('ends each with one message, green, and a balanced ledger', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { channel, integrationId } = await play(steps);
        const ledger = await harness.ledgers.of(harness.projectId, integrationId);
        expect(ledger).toMatchObject({ balanced: true, inFlight: 0, parked: 0, expired: 0, rejected: 0 });
        const live = harness.slack.workspace.visibleMessages(channel);
        expect(live).toHaveLength(1);
        expect(colorOf(live[0]!)).toBe('#12a150');
        expect(JSON.stringify(shownBy(live[0]!))).not.toContain('ossible duplicate');
      }),
      { numRuns: 60, endOnFailure: false },
    );
  }, 120_000);
});
