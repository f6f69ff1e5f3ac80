import type { IssueReport, Notification } from '../domain/index.js';
import type { Transaction } from '../persistence/index.js';

/** What became of a report: which issue it belongs to, and its number among that issue's events. */
export interface AcceptedReport {
  readonly issueId: string;
  /** Absent when the report changed nothing: a `closed` for an issue that is closed already. */
  readonly seq?: number;
}

/**
 * A notification before it has been accepted; `exceptFor` names an integration that it does not go through, `drillOf` the
 * only one that it goes through. One that `isNotice` is the hub's own word: silences and windows let it pass.
 */
export type NotificationContent = Omit<Notification, 'id' | 'acceptedAt' | Unusual> &
  Partial<Pick<Notification, Unusual>>;
type Unusual = 'exceptFor' | 'drillOf' | 'isNotice';

/** One open transaction of the intake. */
export interface IntakeScope {
  readonly tx: Transaction;
  /**
   * Stores the event and what every matching integration now owes for it.
   * A `closed` without any issue of that key throws a 404 `Problem`; for one that is closed already it changes nothing.
   */
  acceptIssue(projectId: string, report: IssueReport): Promise<AcceptedReport>;
  /** Stores the notification and what every matching integration now owes for it. Resolves with its id. */
  acceptNotification(notification: NotificationContent): Promise<string>;
}

/**
 * Where facts come in. Everything accepted in one `run` is committed together with what is owed for it, and with
 * whatever else `work` writes through `scope.tx`; only then are the workers woken. When `run` has resolved,
 * what was accepted is durable.
 */
export abstract class Intake {
  abstract run<Result>(work: (scope: IntakeScope) => Promise<Result>): Promise<Result>;
}

/** What an intake takes part in, in somebody else's transaction. */
export interface JoinedScope {
  readonly scope: IntakeScope;
  /** Wakes the workers; to be called when the transaction is committed, and not when it was rolled back. */
  committed(): void;
}

/** As `Intake`, for facts that are to be committed together with something else, by whoever stores that. */
export abstract class JoiningIntake {
  abstract join(tx: Transaction): JoinedScope;
}
