import fc from 'fast-check';
import { ISSUE_KINDS, SEVERITIES, type Issue, type Notification } from '../domain/index.js';
import type { IssueCard, NotificationCard } from '../sinks/index.js';

const OPENED_AT = new Date('2026-11-20T12:00:00Z');
const CLOSED_AT = new Date('2026-11-20T12:12:30Z');

/** An open, critical disk issue of a named node, changed as given. */
export function sampleIssueCard(
  issue: Partial<Issue> = {},
  names: Partial<Omit<IssueCard, 'issue'>> = {},
): IssueCard {
  return {
    issue: {
      id: 'd3v1kq0000000000000a',
      projectId: 'd3v1kq0000000000000b',
      key: 'disk-usage/n1',
      kind: 'disk-usage',
      status: 'open',
      severity: 'critical',
      clusterId: 'd3v1kq0000000000000c',
      nodeId: 'n1',
      message: 'Disk usage of n1.example.com is 96 %: consider removing data or running a scavenge.',
      openedAt: OPENED_AT,
      updatedAt: OPENED_AT,
      closedAt: null,
      eventCount: 1,
      drillOf: null,
      ...issue,
    },
    clusterName: 'orders-db',
    nodeAddress: 'https://n1.example.com:2113',
    projectName: 'orders',
    ...names,
  };
}

/** The same issue after it was closed. */
export const closedIssueCard = (card: IssueCard = sampleIssueCard()): IssueCard => ({
  ...card,
  issue: { ...card.issue, status: 'closed', closedAt: CLOSED_AT, updatedAt: CLOSED_AT, eventCount: 4 },
});

/** A critical notification without a title, changed as given. */
export function sampleNotificationCard(
  notification: Partial<Notification> = {},
  names: Partial<Omit<NotificationCard, 'notification'>> = {},
): NotificationCard {
  return {
    notification: {
      id: 'd3v1kq0000000000000d',
      projectId: 'd3v1kq0000000000000b',
      clusterId: 'd3v1kq0000000000000c',
      severity: 'critical',
      title: null,
      message: 'Cluster instances failed to provision',
      acceptedAt: OPENED_AT,
      exceptFor: null,
      drillOf: null,
      isNotice: false,
      ...notification,
    },
    clusterName: 'orders-db',
    projectName: 'orders',
    ...names,
  };
}

/** Every kind and severity, open and closed, with all names and with none. */
export const SAMPLE_ISSUE_CARDS: readonly IssueCard[] = [...ISSUE_KINDS, 'custom/kind_of.theirs'].flatMap(
  (kind) =>
    SEVERITIES.flatMap((severity) => {
      const named = sampleIssueCard({ kind, severity });
      const bare = sampleIssueCard(
        { kind, severity, clusterId: null, nodeId: null, message: '' },
        { clusterName: null, nodeAddress: null },
      );
      return [named, closedIssueCard(named), bare, closedIssueCard(bare)];
    }),
);

export const SAMPLE_NOTIFICATION_CARDS: readonly NotificationCard[] = SEVERITIES.flatMap((severity) => [
  sampleNotificationCard({ severity }),
  sampleNotificationCard({ severity, title: 'Provisioning' }),
  sampleNotificationCard({ severity, clusterId: null }, { clusterName: null }),
]);

/** Texts that break careless formatting: long ones, broken surrogates, markup, mentions, control characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '&',
        '<',
        '>',
        '&amp;',
        '<!channel>',
        '<@U1>',
        '<https://example.com|x>',
        '*',
        '`',
        '\n',
        '\r\n',
        ' ',
      ),
      fc.constantFrom(
        '\u0000',
        '\u0007',
        '\u001b[31m',
        '\u202e',
        '\u2028',
        '\ud83d',
        '\udd25',
        '🔥',
        '👩‍👩‍👧',
        'é',
      ),
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.constantFrom(1, 1, 50, 2_000).map((times) => parts.join('').repeat(times)));
