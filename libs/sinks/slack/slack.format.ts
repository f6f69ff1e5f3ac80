import { formatDuration, type Issue, type Severity } from '../../domain/index.js';
import type { IssueCard, NotificationCard, SinkCall } from '../sink.js';
import { fit, fitLine } from './slack.text.js';

/** One budget for posting and updating, or a message could be posted and never updated: `text` of chat.update is limited to 4,000 (https://docs.slack.dev/reference/methods/chat.update#errors, read 2026-11-20). */
export const MAX_TEXT_CHARS = 3_900;
/** A section's text is limited to 3,000 (https://docs.slack.dev/reference/block-kit/blocks/section-block, read 2026-11-20). */
export const MAX_SECTION_CHARS = 2_800;
/** All blocks of a message; the real limit is undocumented, about 13,200 (https://github.com/slackapi/bolt-js/issues/2509, read 2026-11-20). */
export const MAX_BLOCKS_CHARS = 12_000;
/** A section's field is limited to 2,000 (the section block's page); names are short or not readable. */
const MAX_NAME_CHARS = 200;
const MAX_TITLE_CHARS = 300;
const MAX_SUMMARY_CHARS = 150;
const MAX_FALLBACK_CHARS = 1_000;
const MAX_MINIMAL_CHARS = 300;

/** Bar of an open issue, whatever its severity. */
export const OPEN_COLOR = '#d92d20';
/** Bar of a closed issue. */
export const CLOSED_COLOR = '#12a150';
/** Bars of notifications: none of the issues' colours, for nothing is open or closed. */
export const NOTIFICATION_COLORS: Readonly<Record<Severity, string>> = {
  info: '#6b7280',
  warning: '#d8a200',
  critical: '#b5482a',
};

/** Type of the metadata by which a lost message is found again. */
export const METADATA_EVENT_TYPE = 'spillway_delivery';

interface MrkdwnText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Without it plain `@here`, `#channel` and addresses become mentions and links (https://docs.slack.dev/reference/block-kit/composition-objects/text-object, read 2026-11-20). */
  readonly verbatim: true;
}
export type SlackBlock =
  | { readonly type: 'section'; readonly text: MrkdwnText }
  | { readonly type: 'section'; readonly fields: readonly MrkdwnText[] }
  | { readonly type: 'context'; readonly elements: readonly MrkdwnText[] };
export interface SlackAttachment {
  readonly color: string;
  readonly fallback: string;
  readonly blocks?: readonly SlackBlock[];
  readonly text?: string;
}

/** What is sent besides channel and ts, whole on every post and update: chat.update keeps attachments and metadata that are left out. */
export interface SlackMessage {
  readonly text: string;
  readonly attachments: readonly SlackAttachment[];
  readonly metadata?: {
    readonly event_type: string;
    readonly event_payload: { readonly delivery_id: string };
  };
  /** chat.postMessage defaults to `none`, chat.update to `client` (their pages, read 2026-11-20). */
  readonly parse: 'none';
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

type Marks = Pick<SinkCall, 'deliveryId' | 'possibleDuplicate'>;
type Field = readonly [label: string, value: string | null];

/** What a message says, before it has Slack's form. */
interface Content {
  /** Null where the message speaks for itself. */
  readonly title: string | null;
  readonly headline: string;
  readonly message: string;
  readonly color: string;
  readonly fields: readonly Field[];
  readonly times: string;
}

const mrkdwn = (text: string): MrkdwnText => ({ type: 'mrkdwn', text, verbatim: true });
const minute = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `disk-usage` as people say it: `Disk usage`. */
export const kindInWords = (kind: string): string =>
  capitalised(kind.replace(/[-_.\s]+/g, ' ').trim()) || 'Issue';

/** `open`, or `closed after 12 min`. */
function statusInWords(issue: Issue): string {
  if (issue.status === 'open') return 'open';
  const closedAt = issue.closedAt ?? issue.updatedAt;
  return `closed after ${formatDuration(closedAt.getTime() - issue.openedAt.getTime())}`;
}

function issueContent({ issue, clusterName, nodeAddress, projectName }: IssueCard): Content {
  const title = kindInWords(issue.kind);
  const cluster = clusterName ?? issue.clusterId;
  const node = nodeAddress ?? issue.nodeId;
  const place = [cluster, node].filter((name) => name !== null).join(', node ');
  const closed = issue.status === 'closed';
  const events = `${issue.eventCount} ${issue.eventCount === 1 ? 'event' : 'events'}`;
  const last = closed
    ? `Closed ${minute(issue.closedAt ?? issue.updatedAt)}`
    : `Updated ${minute(issue.updatedAt)}`;
  return {
    title,
    headline: `${title}${place === '' ? '' : ` on ${place}`}: ${closed ? statusInWords(issue) : issue.severity}`,
    message: issue.message,
    color: closed ? CLOSED_COLOR : OPEN_COLOR,
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
  const { title } = notification;
  // What a phone shows: without a title, the beginning of what there is to say.
  const summary = title ?? beginningOf(notification.message);
  return {
    title,
    headline: cluster === null ? summary : `${summary} (${cluster})`,
    message: notification.message,
    color: NOTIFICATION_COLORS[notification.severity],
    fields: [
      ['Severity', capitalised(notification.severity)],
      ['Cluster', cluster],
      ['Project', projectName],
    ],
    times: `Notified ${minute(notification.acceptedAt)}`,
  };
}

function blocksOf(content: Content, possibleDuplicate: boolean): SlackBlock[] {
  const title = content.title === null ? '' : `*${fitLine(content.title, MAX_TITLE_CHARS)}*`;
  const message = fit(content.message.trim(), MAX_SECTION_CHARS - title.length - 1);
  const section = [title, message].filter((part) => part !== '').join('\n');
  const fields = content.fields.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [mrkdwn(`*${label}*\n${fitLine(value, MAX_NAME_CHARS)}`)],
  );
  const duplicate = mrkdwn('Possible duplicate: Slack did not say whether an earlier post of this arrived.');
  return [
    { type: 'section', text: mrkdwn(section) },
    { type: 'section', fields },
    { type: 'context', elements: [mrkdwn(content.times), ...(possibleDuplicate ? [duplicate] : [])] },
  ];
}

function headlineOf(content: Content, possibleDuplicate: boolean, maxChars: number): string {
  const suffix = possibleDuplicate ? ' (possible duplicate)' : '';
  return fitLine(content.headline, maxChars - suffix.length) + suffix;
}

function compose(content: Content, { deliveryId, possibleDuplicate }: Marks): SlackMessage {
  return {
    text: headlineOf(content, possibleDuplicate, MAX_TEXT_CHARS),
    attachments: [
      {
        color: content.color,
        fallback: fitLine(
          content.title === null ? content.message : `${content.headline}. ${content.message}`,
          MAX_FALLBACK_CHARS,
        ),
        blocks: blocksOf(content, possibleDuplicate),
      },
    ],
    metadata: { event_type: METADATA_EVENT_TYPE, event_payload: { delivery_id: deliveryId } },
    parse: 'none',
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The issue as it is now: red bar while open, green when closed. */
export const issueMessage = (card: IssueCard, marks: Marks): SlackMessage =>
  compose(issueContent(card), marks);

/** A notification, with a bar that claims nothing. */
export const notificationMessage = (card: NotificationCard, marks: Marks): SlackMessage =>
  compose(notificationContent(card), marks);

/**
 * The least that still says it, for when Slack refuses the whole (`code` is its reason): no blocks, all texts short.
 * Where only the metadata was refused, the message stays as it is and goes without, and cannot be found again.
 */
export function shrink(message: SlackMessage, code: string): SlackMessage {
  if (code.includes('metadata')) {
    const { metadata: _refused, ...rest } = message;
    return rest;
  }
  return {
    ...message,
    text: cut(message.text),
    attachments: message.attachments.map(({ color, fallback }) => ({
      color,
      fallback: cut(fallback),
      text: cut(fallback),
    })),
  };
}

/** As `fit`, for what is escaped already. */
function cut(escaped: string): string {
  if (escaped.length <= MAX_MINIMAL_CHARS) return escaped;
  const head = escaped.slice(0, MAX_MINIMAL_CHARS - 1).replace(/&[a-z]{0,3}$/, '');
  return `${head.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
