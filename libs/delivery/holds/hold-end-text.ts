import type { Severity } from '../../domain/index.js';
import type { HeldIssue, HeldSum } from '../../persistence/index.js';

/** Open issues that the text names at most. */
export const NAMED_ISSUES = 10;

const TITLE = { silence: 'Silence over', window: 'Maintenance window over' } as const;
const SAID = { silence: 'silence', window: 'maintenance window' } as const;

/** A silence, or one occurrence of a window, that is over. */
export interface EndedHold {
  readonly type: keyof typeof TITLE;
  readonly reason: string;
  readonly author: string;
  readonly from: Date;
  readonly until: Date;
}

/** What people are told when something held back is open still at the end. */
export function endText(
  { type, reason, author, from, until }: EndedHold,
  sum: HeldSum,
  open: readonly HeldIssue[],
): { readonly title: string; readonly severity: Severity; readonly message: string } {
  const lines = [
    `The ${SAID[type]} by ${author} is over: ${reason}`,
    `It lasted from ${from.toISOString()} to ${until.toISOString()} and held back ${heldBack(sum)}.`,
    sum.open === 1 ? 'One of these issues is open still:' : `${sum.open} of these issues are open still:`,
    ...open.map(line),
    ...(sum.open > open.length ? [`- and ${sum.open - open.length} more`] : []),
  ];
  return { title: TITLE[type], severity: sum.worst ?? 'info', message: lines.join('\n') };
}

const heldBack = ({ issues, notifications }: HeldSum): string =>
  [counted(issues, 'issue'), ...(notifications > 0 ? [counted(notifications, 'notification')] : [])].join(
    ' and ',
  );

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function line({ kind, severity, clusterName, nodeAddress }: HeldIssue): string {
  const place = [clusterName, nodeAddress].filter((name) => name !== null).join(', ');
  return `- ${kind} (${severity})${place === '' ? '' : ` at ${place}`}`;
}
