import type { Issue, IssueStatus, Notification, Severity } from '../domain/index.js';

/** What an issue's message shows: the issue as it is now, and the names behind its ids. */
export interface IssueCard {
  readonly issue: Issue;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
  readonly projectName: string;
}

/** What a notification's message shows. */
export interface NotificationCard {
  readonly notification: Notification;
  readonly clusterName: string | null;
  readonly projectName: string;
}

/** One of the issues that a storm's summary lists. */
export interface StormItem {
  readonly kind: string;
  readonly severity: Severity;
  readonly status: IssueStatus;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

/** What the one message shows that stands for many issues which opened at once. */
export interface StormCard {
  /** `closed` when none of them is open any more. */
  readonly status: IssueStatus;
  readonly severity: Severity;
  readonly projectName: string;
  readonly since: Date;
  readonly updatedAt: Date;
  /** How many issues it stands for, and how many of these are open. */
  readonly total: number;
  readonly open: number;
  /** The open ones first, the newest of them first; not all when they are many. */
  readonly items: readonly StormItem[];
  /** Where the API lists them; null when the hub does not know its own address. */
  readonly listUrl: string | null;
}
