import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closedIssueCard,
  hostileText,
  sampleIssueCard,
  sampleNotificationCard,
} from '../../testing/sink-conformance.samples.js';
import {
  issueAlert,
  MAX_DESCRIPTION,
  MAX_DETAILS,
  MAX_ENTITY,
  MAX_MESSAGE,
  MAX_TAG,
  MAX_TAGS,
  notificationAlert,
  type AlertBody,
} from './ops-genie.format.js';
import { changeNote, closeNote, MAX_NOTE } from './ops-genie.notes.js';
import { DEFAULT_PRIORITIES } from './ops-genie.schema.js';
import { fitLine, fitText } from './ops-genie.text.js';

const length = (text: string): number => [...text].length;
const isSendable = (text: string): boolean => text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text);

function expectWithinLimits({ message, description, entity, tags, details }: AlertBody): void {
  const texts = [
    [message, MAX_MESSAGE],
    [description, MAX_DESCRIPTION],
    [entity, MAX_ENTITY],
    ...tags.map((tag) => [tag, MAX_TAG] as const),
  ] as const;
  for (const [text, most] of texts) {
    expect(text.trim()).not.toBe('');
    expect(length(text)).toBeLessThanOrEqual(most);
    expect(isSendable(text)).toBe(true);
  }
  expect(message).not.toContain('\n');
  expect(tags.length).toBeLessThanOrEqual(MAX_TAGS);
  const total = Object.entries(details)
    .flat()
    .reduce((sum, text) => sum + length(text), 0);
  expect(total).toBeLessThanOrEqual(MAX_DETAILS);
}

describe('the alert of an issue', () => {
  it('says in one line what is wrong where, and the rest below', () => {
    const alert = issueAlert(sampleIssueCard(), DEFAULT_PRIORITIES);
    expect(alert).toMatchObject({
      message:
        'orders-db: Disk usage of n1.example.com is 96 %: consider removing data or running a scavenge.',
      alias: 'd3v1kq0000000000000a',
      entity: 'https://n1.example.com:2113',
      source: 'Spillway',
      tags: ['spillway', 'disk-usage', 'critical', 'orders-db'],
      priority: 'P1',
    });
    expect(alert.description).toMatch(/^Disk usage of n1[^]*\n\nSeverity: critical\nKind: disk-usage\n/);
    expect(alert.details).toMatchObject({ Cluster: 'orders-db', 'Issue id': 'd3v1kq0000000000000a' });
  });

  it('of a fire drill cannot be mistaken for a real one', () => {
    const long = sampleIssueCard({ drillOf: 'i', message: 'x'.repeat(500) });
    const alert = issueAlert(long, { critical: 'P1', warning: 'P1', info: 'P1' });
    expect(alert.message).toMatch(/^\[DRILL\] orders-db: x+…$/);
    expect(length(alert.message)).toBe(MAX_MESSAGE);
    expect([alert.priority, alert.tags]).toEqual(['P5', expect.arrayContaining(['spillway-drill'])]);
    expect(alert.description).toMatch(/^This is a fire drill/);
  });

  it('says something even where there is nothing to say', () => {
    const bare = sampleIssueCard(
      { kind: '', message: ' \u0000 ', clusterId: null, nodeId: null },
      { clusterName: null, nodeAddress: null, projectName: '' },
    );
    const alert = issueAlert(bare, DEFAULT_PRIORITIES);
    expectWithinLimits(alert);
    expect(alert.message).toBe('Issue');
  });
});

describe('whatever the texts are', () => {
  it('is within the limits, counted in code points, and never empty', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, fc.boolean(), (message, name, kind, isDrill) => {
        const names = { clusterName: name, nodeAddress: name, projectName: name };
        const card = sampleIssueCard({ message, kind, drillOf: isDrill ? 'i' : null }, names);
        expectWithinLimits(issueAlert(card, DEFAULT_PRIORITIES));
        expectWithinLimits(
          notificationAlert(sampleNotificationCard({ title: name, message }, names), DEFAULT_PRIORITIES),
        );
        for (const { note } of [changeNote(card), closeNote(closedIssueCard(card))]) {
          expect(note.trim()).not.toBe('');
          expect(length(note)).toBeLessThanOrEqual(MAX_NOTE);
          expect(isSendable(note)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  it('has details of 8,000 characters at the most, were all of them endless', () => {
    const long = '🔥'.repeat(9_000);
    const names = { clusterName: long, nodeAddress: long, projectName: long };
    const ids = { id: long, projectId: long, clusterId: long, nodeId: long };
    const issue = issueAlert(
      sampleIssueCard({ ...ids, kind: long, message: long }, names),
      DEFAULT_PRIORITIES,
    );
    const { nodeId: _node, ...ofNotification } = ids;
    const card = sampleNotificationCard({ ...ofNotification, title: long, message: long }, names);
    for (const alert of [issue, notificationAlert(card, DEFAULT_PRIORITIES)]) {
      expectWithinLimits(alert);
      expect(Object.values(alert.details).filter((value) => value.endsWith('🔥…')).length).toBeGreaterThan(4);
    }
  });

  it('keeps a text of just the limit whole, and one more ends in an ellipsis', () => {
    const fires = '🔥'.repeat(130);
    expect(fitText(fires, 130)).toBe(fires);
    expect(fitText(`${fires}🔥`, 130)).toBe(`${'🔥'.repeat(129)}…`);
    expect(fitLine('a\r\nb\u202e \ud83d', 130)).toBe('a b �');
  });
});

describe('a note', () => {
  it('says the severity that the alert itself cannot show any more', () => {
    const card = sampleIssueCard({ severity: 'warning', message: 'It is worse.', eventCount: 1 });
    expect(changeNote(card).note).toBe('Warning: It is worse.\nUpdated 2026-11-20 12:00 UTC · 1 event');
  });

  it('of a close says how long it lasted', () => {
    expect(closeNote(closedIssueCard()).note).toMatch(
      /\nClosed 2026-11-20 12:12 UTC after 12 min · 4 events$/,
    );
  });
});
