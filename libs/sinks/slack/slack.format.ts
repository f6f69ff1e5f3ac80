import { formatDuration, type Issue } from '../../domain/index.js';
import type { IssueCard, NotificationCard } from '../cards.js';
import {
  capitalised,
  CLOSED_COLOR,
  compose,
  kindInWords,
  MAX_SECTION_CHARS,
  minute,
  NOTIFICATION_COLORS,
  OPEN_COLOR,
  type Content,
  type Marks,
  type SlackMessage,
} from './slack.message.js';
import { fit, fitLine } from './slack.text.js';

const MAX_TITLE_CHARS = 300;
const MAX_SUMMARY_CHARS = 150;

/** Begins title and text of a fire drill, so that nobody gets up for it. */
const DRILL_MARK = '[DRILL]';
const DRILL_SENTENCE = 'This is a fire drill, nothing is wrong.';

/** `open`, or `closed after 12 min`. */
function statusInWords(issue: Issue): string {
  if (issue.status === 'open') return 'open';
  const closedAt = issue.closedAt ?? issue.updatedAt;
  return `closed after ${formatDuration(closedAt.getTime() - issue.openedAt.getTime())}`;
}

/** Title and message as one section. */
function sectionOf(title: string | null, message: string): string {
  const bold = title === null ? '' : `*${fitLine(title, MAX_TITLE_CHARS)}*`;
  const rest = fit(message.trim(), MAX_SECTION_CHARS - bold.length - 1);
  return [bold, rest].filter((part) => part !== '').join('\n');
}

/** What the issue is called and what it says; a drill says in both that it is one. */
function wordsOf({ kind, message, drillOf }: Issue): { readonly title: string; readonly message: string } {
  const title = kindInWords(kind);
  if (drillOf === null) return { title, message };
  return { title: `${DRILL_MARK} ${title}`, message: `${DRILL_SENTENCE}\n${message}` };
}

function issueContent({ issue, clusterName, nodeAddress, projectName }: IssueCard): Content {
  const { title, message } = wordsOf(issue);
  const cluster = clusterName ?? issue.clusterId;
  const node = nodeAddress ?? issue.nodeId;
  const place = [cluster, node].filter((name) => name !== null).join(', node ');
  const closed = issue.status === 'closed';
  const events = `${issue.eventCount} ${issue.eventCount === 1 ? 'event' : 'events'}`;
  const last = closed
    ? `Closed ${minute(issue.closedAt ?? issue.updatedAt)}`
    : `Updated ${minute(issue.updatedAt)}`;
  const headline = `${title}${place === '' ? '' : ` on ${place}`}: ${closed ? statusInWords(issue) : issue.severity}`;
  return {
    headline,
    fallback: `${headline}. ${message}`,
    color: closed ? CLOSED_COLOR : OPEN_COLOR,
    sections: [sectionOf(title, message)],
    fields: [
      ['Status', capitalised(statusInWords(issue))],
      ['Severity', capitalised(issue.severity)],
      ['Cluster', cluster],
      ['Node', node],
      ['Project', projectName],
    ],
    times: `Opened ${minute(issue.openedAt)} · ${last} · ${events}`,
  };
}

/** The first line, not yet escaped, in a length for the lock screen of a phone. */
function beginningOf(text: string): string {
  const characters = [...(text.trim().split('\n', 1)[0] ?? '')];
  return characters.length <= MAX_SUMMARY_CHARS
    ? characters.join('')
    : `${characters.slice(0, MAX_SUMMARY_CHARS - 1).join('')}…`;
}

function notificationContent({ notification, clusterName, projectName }: NotificationCard): Content {
  const cluster = clusterName ?? notification.clusterId;
  const { title, message } = notification;
  // What a phone shows: without a title, the beginning of what there is to say.
  const summary = title ?? beginningOf(message);
  const headline = cluster === null ? summary : `${summary} (${cluster})`;
  return {
    headline,
    fallback: title === null ? message : `${headline}. ${message}`,
    color: NOTIFICATION_COLORS[notification.severity],
    sections: [sectionOf(title, message)],
    fields: [
      ['Severity', capitalised(notification.severity)],
      ['Cluster', cluster],
      ['Project', projectName],
    ],
    times: `Notified ${minute(notification.acceptedAt)}`,
  };
}

/** The issue as it is now: red bar while open, green when closed. A fire drill is marked as one. */
export const issueMessage = (card: IssueCard, marks: Marks): SlackMessage =>
  compose(issueContent(card), marks);

/** A notification, with a bar that claims nothing. */
export const notificationMessage = (card: NotificationCard, marks: Marks): SlackMessage =>
  compose(notificationContent(card), marks);
