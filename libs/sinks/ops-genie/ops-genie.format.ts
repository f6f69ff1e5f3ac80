import type { Severity } from '../../domain/index.js';
import type { IssueCard, NotificationCard } from '../cards.js';
import type { Priority } from './ops-genie.schema.js';
import { fitLine, fitText, kindInWords, minute } from './ops-genie.text.js';

// Limits of https://docs.opsgenie.com/docs/alert-api, read 2026-11-20, in characters.
export const MAX_MESSAGE = 130;
export const MAX_DESCRIPTION = 15_000;
export const MAX_ENTITY = 512;
export const MAX_TAGS = 20;
export const MAX_TAG = 50;
/** Names and values of all details together. */
export const MAX_DETAILS = 8_000;
/** Ten details of this length, names included, stay far below what they may have together. */
const MAX_DETAIL = 500;

/** As which we call; OpsGenie would show our address otherwise. */
export const SOURCE = 'Spillway';
const DRILL_MARK = '[DRILL]';
const DRILL_TAG = 'spillway-drill';
const DRILL_SENTENCE = 'This is a fire drill, nothing is wrong.';
const DRILL_PRIORITY: Priority = 'P5';

export type Priorities = Readonly<Record<Severity, Priority>>;

/** What `POST /v2/alerts` takes. Members without content are left out: an empty one was refused at times. */
export interface AlertBody {
  readonly message: string;
  readonly alias: string;
  readonly description: string;
  readonly entity: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly priority: Priority;
}

type Detail = readonly [name: string, value: string | null];

/** Those that say something, on one line each. */
const named = (details: readonly Detail[]): (readonly [string, string])[] =>
  details.flatMap(([name, value]) => {
    const line = fitLine(value ?? '', MAX_DETAIL);
    return line === '' ? [] : [[name, line] as const];
  });

/** What there is to say first, and the rest below it; never empty. */
function descriptionOf(text: string, details: readonly Detail[]): string {
  const list = named(details).map(([name, value]) => `${name}: ${value}`);
  const room = MAX_DESCRIPTION - [...list.join('\n')].length - 2;
  return [fitText(text, room), list.join('\n')].filter((part) => part !== '').join('\n\n');
}

const tagsOf = (...tags: readonly (string | null)[]): string[] => [
  ...new Set(tags.map((tag) => fitLine(tag ?? '', MAX_TAG)).filter((tag) => tag !== '')),
];

const firstOf = (...texts: readonly (string | null)[]): string =>
  texts.map((text) => fitLine(text ?? '', MAX_ENTITY)).find((text) => text !== '') ?? SOURCE;

/** On which cluster what has happened, as a phone shows it. */
const headline = (cluster: string | null, message: string, kind: string): string =>
  fitLine([cluster, message.trim() === '' ? kind : message].filter((part) => part).join(': '), MAX_MESSAGE) ||
  kind;

/** The alert of an issue: its alias is the issue's id, so that however often it is sent, there is one. */
export function issueAlert(card: IssueCard, priorities: Priorities): AlertBody {
  const { issue, clusterName, nodeAddress, projectName } = card;
  const { id, kind, severity, message, clusterId, nodeId, openedAt, drillOf } = issue;
  const isDrill = drillOf !== null;
  const cluster = clusterName ?? clusterId;
  const node = nodeAddress ?? nodeId;
  const title = headline(cluster, message, fitLine(kindInWords(kind), MAX_MESSAGE) || 'Issue');
  const places: readonly Detail[] = [
    ['Severity', severity],
    ['Kind', kind],
    ['Cluster', cluster],
    ['Node', node],
    ['Project', projectName],
    ['Opened', minute(openedAt)],
  ];
  const ids: readonly Detail[] = [
    ['Issue id', id],
    ['Project id', issue.projectId],
    ['Cluster id', clusterId],
    ['Node id', nodeId],
  ];
  return {
    message: isDrill ? fitLine(`${DRILL_MARK} ${title}`, MAX_MESSAGE) : title,
    alias: id,
    description: descriptionOf(isDrill ? `${DRILL_SENTENCE}\n${message}` : message, places),
    entity: firstOf(node, cluster, projectName),
    source: SOURCE,
    tags: tagsOf('spillway', isDrill ? DRILL_TAG : null, kind, severity, cluster),
    details: Object.fromEntries(named([...places, ...ids])),
    priority: isDrill ? DRILL_PRIORITY : priorities[severity],
  };
}

/** The alert of a notification: nobody but a person closes it. */
export function notificationAlert(card: NotificationCard, priorities: Priorities): AlertBody {
  const { notification, clusterName, projectName } = card;
  const { id, severity, title, message, clusterId, acceptedAt } = notification;
  const cluster = clusterName ?? clusterId;
  const places: readonly Detail[] = [
    ['Severity', severity],
    ['Cluster', cluster],
    ['Project', projectName],
    ['Notified', minute(acceptedAt)],
  ];
  const ids: readonly Detail[] = [
    ['Notification id', id],
    ['Project id', notification.projectId],
    ['Cluster id', clusterId],
  ];
  return {
    message: headline(cluster, fitLine(title ?? '', MAX_MESSAGE) || message, 'Notification'),
    alias: id,
    description: descriptionOf(message, places),
    entity: firstOf(cluster, projectName),
    source: SOURCE,
    tags: tagsOf('spillway', 'notification', severity, cluster),
    details: Object.fromEntries(named([...places, ...ids])),
    priority: priorities[severity],
  };
}
