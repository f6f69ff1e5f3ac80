import { newId, notFound, type Clock, type IssueReport, type Notification } from '../domain/index.js';
import type { Metrics } from '../observability/index.js';
import type { Database, DueDelivery, IntakeStore, OwedUnit, Transaction } from '../persistence/index.js';
import {
  Intake,
  type AcceptedReport,
  type IntakeScope,
  type JoinedScope,
  type JoiningIntake,
  type NotificationContent,
} from './intake.js';
import type { Wakeups } from './wakeups.js';

/** The intake on PostgreSQL: one transaction for the facts and what is owed for them, then the wake-ups. */
export class DatabaseIntake extends Intake implements JoiningIntake {
  constructor(
    private readonly database: Database,
    private readonly store: IntakeStore,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  async run<Result>(work: (scope: IntakeScope) => Promise<Result>): Promise<Result> {
    const { result, joined } = await this.database.transaction(async (tx) => {
      const fresh = this.join(tx);
      return { result: await work(fresh.scope), joined: fresh };
    });
    joined.committed();
    return result;
  }

  join(tx: Transaction): JoinedScope {
    const scope = new DatabaseIntakeScope(tx, this.store, this.clock);
    const committed = (): void => {
      for (const event of scope.events) this.metrics.issueEventsAccepted.inc({ event });
      void this.wakeups.wake(scope.due);
    };
    return { scope, committed };
  }
}

class DatabaseIntakeScope implements IntakeScope {
  readonly due: DueDelivery[] = [];
  readonly events: string[] = [];

  constructor(
    readonly tx: Transaction,
    private readonly store: IntakeStore,
    private readonly clock: Clock,
  ) {}

  async acceptIssue(projectId: string, report: IssueReport): Promise<AcceptedReport> {
    const now = this.clock.now();
    const event =
      report.event === 'open'
        ? await this.store.open(this.tx, newId(now), projectId, report)
        : await this.store.close(this.tx, projectId, report);
    if (!event) {
      const issueId = await this.store.latestOf(this.tx, projectId, report.key);
      if (!issueId) throw notFound(`issue with the key "${report.key}"`);
      return { issueId };
    }
    await this.store.addEvent(this.tx, event, report, now);
    const { event: type, severity } = report;
    await this.owe({
      projectId,
      subjectType: 'issue',
      subjectId: event.issueId,
      seq: event.seq,
      event: type,
      severity,
      now,
      only: report.drillOf ?? null,
      except: null,
    });
    this.events.push(type);
    return event;
  }

  async acceptNotification(content: NotificationContent): Promise<string> {
    const now = this.clock.now();
    const { exceptFor = null, drillOf = null, isNotice = false } = content;
    const unusual = { exceptFor, drillOf, isNotice };
    const notification: Notification = { ...content, ...unusual, id: newId(now), acceptedAt: now };
    await this.store.addNotification(this.tx, notification);
    const { id: subjectId, projectId, severity } = notification;
    await this.owe({
      projectId,
      subjectType: 'notification',
      subjectId,
      seq: 1,
      event: 'open',
      severity,
      now,
      only: drillOf,
      except: exceptFor,
    });
    return subjectId;
  }

  private async owe(unit: OwedUnit): Promise<void> {
    this.due.push(...(await this.store.owe(this.tx, unit)));
  }
}
