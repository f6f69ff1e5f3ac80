import type { Severity } from '../../domain/index.js';
import type { HeldIssue, HeldNotification, HeldSum, HoldEntity } from '../../persistence/index.js';

/** Open issues that the text names at most, and notifications. */
export const NAMED = 10;

const NOTICE_CHARACTERS = 120;
const TITLE = { silence: 'Silence', window: 'Maintenance window' } as const;

/** From when to when it held back what is summed up. */
export interface HoldingTime {
  readonly from: Date;
  readonly at: Date;
  /** It was changed then, and is another from then on. */
  readonly isChange?: boolean;
}

/** What the text says by name. */
export interface NamedByEnd {
  readonly issues: readonly HeldIssue[];
  readonly notifications: readonly HeldNotification[];
}

/** What people are told when something held back is open still at the end, or when notifications were. */
export function endText(
  { type, reason, author }: Pick<HoldEntity, 'type' | 'reason' | 'author'>,
  { from, at, isChange = false }: HoldingTime,
  sum: HeldSum,
  { issues, notifications }: NamedByEnd,
): { readonly title: string; readonly severity: Severity; readonly message: string } {
  const what = TITLE[type];
  const lines = [
    `The ${what.toLowerCase()} by ${author} ${isChange ? 'was changed while it was on' : 'is over'}: ${reason}`,
    `It lasted from ${from.toISOString()} to ${at.toISOString()} and held back ${heldBack(sum)}.`,
    ...listed(
      sum.open,
      ['One of these issues is open still:', `${sum.open} of these issues are open still:`],
      issues.map(issueLine),
    ),
    ...listed(
      sum.notifications,
      ['The notification is not sent any more:', 'The notifications are not sent any more:'],
      notifications.map(notificationLine),
    ),
  ];
  const title = `${what} ${isChange ? 'changed' : 'over'}`;
  return { title, severity: sum.worst ?? 'info', message: lines.join('\n') };
}

function listed(count: number, [one, more]: [string, string], lines: readonly string[]): string[] {
  if (count === 0) return [];
  const rest = count - lines.length;
  return [count === 1 ? one : more, ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

const heldBack = ({ issues, notifications }: HeldSum): string =>
  [
    ...(issues > 0 ? [counted(issues, 'issue')] : []),
    ...(notifications > 0 ? [counted(notifications, 'notification')] : []),
  ].join(' and ');

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function issueLine({ kind, severity, clusterName, nodeAddress }: HeldIssue): string {
  const place = [clusterName, nodeAddress].filter((name) => name !== null).join(', ');
  return `- ${kind} (${severity})${place === '' ? '' : ` at ${place}`}`;
}

function notificationLine({ title, message, severity }: HeldNotification): string {
  const text = (title ?? message).replace(/\s+/g, ' ').trim();
  const [said, isCut] = [
    [...text].slice(0, NOTICE_CHARACTERS).join(''),
    [...text].length > NOTICE_CHARACTERS,
  ];
  return `- ${said}${isCut ? '…' : ''} (${severity})`;
}
