import type { SlackFault } from '../../../apps/sandbox/slack/index.js';
import type { Fault } from '../../../apps/sandbox/stand-in/index.js';
import type { IssueReport, Severity } from '../../domain/index.js';
import { anIssueReport } from '../../testing/index.js';
import type { Replays } from '../replay/replay.js';
import type { DeliveryHarness } from './delivery-harness.js';
import { RealPeople, type PeoplesStep, type Side } from './real-people.js';

export type RealStep =
  | { do: 'open'; issue: number; severity: Severity }
  | { do: 'close'; issue: number }
  | { do: 'pass'; ms: number }
  | { do: 'slack-fault'; fault: SlackFault }
  | { do: 'opsGenie-fault'; fault: Fault }
  | { do: 'crash'; at: Side; after: 'claim' | 'call' }
  | { do: 'delete' | 'end-by-hand' | 'judge-later' | 'judge' }
  | { do: 'revoke' | 'mend'; at: Side }
  | PeoplesStep;

const STORM_THRESHOLD = 2;

/** One project's history over the real store: one integration for each stand-in, and steps that upset them. */
export class RealHistory {
  readonly token: string;
  readonly channel: string;
  readonly apiKey: string;
  readonly ids: Record<Side, string> = { slack: '', opsGenie: '' };
  private readonly people: RealPeople;
  private readonly reported = new Set<number>();

  constructor(
    private readonly harness: DeliveryHarness,
    replays: Replays,
    private readonly serial: number,
  ) {
    this.token = `xoxb-random-${serial}`;
    this.channel = `random-${serial}`;
    this.apiKey = `key-random-${serial}`;
    this.people = new RealPeople(harness, replays, this.ids);
  }

  async begin(): Promise<void> {
    const { harness, token, channel, apiKey } = this;
    harness.slack.reset();
    harness.opsGenie.reset();
    harness.slack.workspace.addChannel(channel);
    this.admit();
    const settings = { stormThreshold: STORM_THRESHOLD };
    this.ids.slack = await harness.addIntegration(token, `#${channel}`, { settings });
    this.ids.opsGenie = await harness.addOpsGenie(apiKey);
  }

  async play(step: RealStep): Promise<void> {
    await this.happen(step);
    await this.harness.work();
  }

  report(issue: number, overrides: Partial<IssueReport> = {}): Promise<unknown> {
    const { harness } = this;
    this.reported.add(issue);
    const key = `random:${this.serial}:${issue}`;
    const content = anIssueReport({ key, time: harness.clock.now(), ...overrides });
    return harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
  }

  /** Nothing goes wrong any more, and nothing is held back. */
  async calm(): Promise<void> {
    const { harness, ids } = this;
    harness.slack.faults.clear();
    harness.opsGenie.faults.clear();
    harness.opsGenie.account.processing.release();
    this.admit();
    await this.play({ do: 'lift' });
    for (const at of ['slack', 'opsGenie'] as const) {
      await this.play({ do: 'unfilter', at });
      await harness.health.mended(ids[at]);
    }
    for (let round = 0; round < 6; round += 1) await harness.later(400_000);
  }

  async closeAll(): Promise<void> {
    for (const issue of this.reported) await this.report(issue, { event: 'closed' });
    await this.harness.work();
  }

  private admit(): void {
    this.harness.slack.workspace.addToken(this.token, { userId: 'U1', botId: 'B1' });
    this.harness.opsGenie.addKey(this.apiKey);
  }

  private async happen(step: RealStep): Promise<unknown> {
    const { clock, slack, opsGenie, health } = this.harness;
    switch (step.do) {
      case 'open':
        return this.report(step.issue, { severity: step.severity });
      case 'close':
        return this.reported.has(step.issue) && this.report(step.issue, { event: 'closed' });
      case 'pass':
        return clock.advance(step.ms);
      case 'slack-fault':
        return slack.faults.next('*', step.fault);
      case 'opsGenie-fault':
        return opsGenie.faults.next('*', step.fault);
      case 'crash':
        return this.crash(this.ids[step.at], step.after);
      case 'delete':
        for (const { channel, ts } of slack.workspace.visibleMessages(this.channel))
          slack.workspace.delete(channel, ts);
        return;
      case 'end-by-hand':
        for (const { alias, status } of opsGenie.alerts)
          if (status === 'open') opsGenie.account.closeByHand(alias);
        return;
      case 'judge-later':
        return opsGenie.account.processing.hold();
      case 'judge':
        return opsGenie.account.processing.release();
      case 'revoke':
        if (step.at === 'slack') return slack.workspace.revokeToken(this.token);
        return opsGenie.addKey(this.apiKey, { enabled: false });
      case 'mend':
        this.admit();
        return health.mended(this.ids[step.at]);
      default:
        return this.people.act(step);
    }
  }

  /** A dispatcher that dies: with the claim written down and the call not made, or made and not recorded. */
  private async crash(integrationId: string, after: 'claim' | 'call'): Promise<void> {
    const rows = await this.harness.database.query<{ id: string }>(
      'SELECT id FROM deliveries WHERE integration_id = $1 ORDER BY due_at NULLS LAST LIMIT 1',
      [integrationId],
    );
    const { worker } = this.harness.createPipeline();
    const broken = worker as unknown as { call: unknown; record: unknown };
    if (after === 'claim') broken.call = () => Promise.resolve(null);
    else broken.record = () => Promise.resolve(null);
    if (rows[0]) await worker.run(rows[0].id);
  }
}
