import { randomBytes } from 'node:crypto';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { newId } from '../../domain/index.js';
import { SecretBox } from '../../identity/index.js';
import { Metrics, silentLogger } from '../../observability/index.js';
import {
  DeliveryEntity,
  BacklogStore,
  IntakeStore,
  IntegrationEntity,
  IntegrationStore,
  LedgerAuditStore,
  LedgerStore,
  OrganizationEntity,
  ProjectEntity,
} from '../../persistence/index.js';
import { Queues } from '../../queues/index.js';
import { createTestDatabase, ManualClock, type TestDatabase } from '../../testing/index.js';
import { DatabaseIntake } from '../database-intake.js';
import { createIntegrationHealth } from '../health/create-integration-health.js';
import type { IntegrationHealth } from '../integration-health.js';
import { Ledgers } from '../ledger/ledger.js';
import { createPipeline, type Pipeline } from '../pipeline.js';
import { DEFAULT_RULES } from '../rules.js';
import { SinkConnections } from '../sink-connections.js';
import { Wakeups } from '../wakeups.js';

/** For tests that are about something else. */
const UNPACED = { SPILLWAY_SLACK_POST_INTERVAL: 0, SPILLWAY_SLACK_UPDATES_PER_MINUTE: 0 };
const SINKS = ['slack', 'opsGenie'];
const ALL = { perIntegration: 100, inAll: 100 };

/** The whole delivery room on a real PostgreSQL against the stand-ins of Slack and OpsGenie, with a clock that tests move. */
export class DeliveryHarness {
  readonly clock = new ManualClock();
  readonly slack = new SlackStandIn();
  readonly opsGenie = new OpsGenieStandIn();
  readonly projectId = newId();
  readonly backlog = new BacklogStore();
  readonly secretBox = new SecretBox(randomBytes(32));
  intake!: DatabaseIntake;
  health!: IntegrationHealth;
  ledgers!: Ledgers;
  pipeline!: Pipeline;
  testDatabase!: TestDatabase;
  private queues!: Queues;

  static async start(): Promise<DeliveryHarness> {
    const harness = new DeliveryHarness();
    await harness.open();
    return harness;
  }

  get database() {
    return this.testDatabase.database;
  }

  /** A pipeline of its own, as another dispatcher has it. */
  createPipeline(
    rules: Partial<typeof DEFAULT_RULES> = {},
    settings: Readonly<Record<string, unknown>> = UNPACED,
  ): Pipeline {
    const { database, health, clock } = this;
    return createPipeline(SINKS, {
      database,
      health,
      clock,
      connections: new SinkConnections(this.secretBox, clock, {
        SLACK_API_URL: this.slack.apiUrl,
        OPSGENIE_API_URL: this.opsGenie.url,
        ...settings,
      }),
      publicUrl: 'https://hub.example.com/',
      wakeups: this.wakeups(),
      rules: { ...DEFAULT_RULES, ...rules },
      logger: silentLogger,
      metrics: new Metrics(),
      random: () => 0.5,
    });
  }

  async addIntegration(
    token: string,
    channelId: string,
    overrides: Partial<IntegrationEntity> = {},
  ): Promise<string> {
    const id = overrides.id ?? newId();
    const now = this.clock.now();
    await this.database.repository(IntegrationEntity).insert({
      id,
      organizationId: newId(),
      projectId: this.projectId,
      description: 'alerts',
      sink: 'slack',
      source: 'issues',
      config: { channelId },
      secrets: this.secretBox.seal(JSON.stringify({ token }), `integration:${id}`),
      display: {},
      settings: {},
      status: 'active',
      createdAt: now,
      updatedAt: now,
      ...overrides,
    } as never);
    return id;
  }

  addOpsGenie(apiKey: string): Promise<string> {
    const id = newId();
    const secrets = this.secretBox.seal(JSON.stringify({ apiKey }), `integration:${id}`);
    return this.addIntegration('', '', { id, sink: 'opsGenie', config: {}, secrets });
  }

  /** Works on everything that is due now, until nothing is. */
  async work(pipeline = this.pipeline): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      await this.health.probe();
      const now = this.clock.now();
      const due = await this.backlog.due(this.database, SINKS, now, now, ALL);
      if (due.length === 0) return;
      await Promise.all(due.map(({ id }) => pipeline.worker.run(id)));
    }
    throw new Error('Something stays due although it was worked on 50 times');
  }

  async later(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.work();
  }

  async delivery(integrationId: string): Promise<DeliveryEntity> {
    return this.database.repository(DeliveryEntity).findOneByOrFail({ integrationId });
  }

  integration(id: string): Promise<IntegrationEntity> {
    return this.database.repository(IntegrationEntity).findOneByOrFail({ id });
  }

  async stop(): Promise<void> {
    await this.queues.stop();
    await Promise.all([this.slack.stop(), this.opsGenie.stop()]);
    await this.testDatabase.close();
  }

  private async open(): Promise<void> {
    this.testDatabase = await createTestDatabase();
    this.queues = new Queues({ databaseUrl: this.testDatabase.url, logger: silentLogger });
    await Promise.all([this.queues.connect(), this.slack.start(), this.opsGenie.start()]);
    const { database, clock } = this;
    const wakeups = this.wakeups();
    this.intake = new DatabaseIntake(database, new IntakeStore(SINKS), wakeups, clock, new Metrics());
    const parts = { database, intake: this.intake, wakeups, clock, logger: silentLogger };
    this.health = createIntegrationHealth(parts);
    this.ledgers = new Ledgers(database, new LedgerStore(), new IntegrationStore(), new LedgerAuditStore());
    this.pipeline = this.createPipeline();
    const createdAt = clock.now();
    const organizationId = newId();
    await database.repository(OrganizationEntity).insert({ id: organizationId, name: 'acme', createdAt });
    await database
      .repository(ProjectEntity)
      .insert({ id: this.projectId, organizationId, name: 'orders', createdAt });
  }

  private wakeups(): Wakeups {
    return new Wakeups(this.queues, silentLogger);
  }
}
