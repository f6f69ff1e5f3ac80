import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closedIssueCard,
  hostileText,
  sampleIssueCard,
  sampleNotificationCard,
} from '../../testing/sink-conformance.samples.js';
import { issueMessage, notificationMessage } from './slack.format.js';
import {
  CLOSED_COLOR,
  kindInWords,
  MAX_BLOCKS_CHARS,
  MAX_SECTION_CHARS,
  MAX_TEXT_CHARS,
  NOTIFICATION_COLORS,
  OPEN_COLOR,
  shrink,
} from './slack.message.js';
import { textsOf } from './testing/texts-of.js';

const MARKS = { deliveryId: 'd1', possibleDuplicate: false };
const DUPLICATE = { ...MARKS, possibleDuplicate: true };

describe('the message of an issue', () => {
  it('is red while open and shows what, where, how bad and since when', () => {
    const message = issueMessage(sampleIssueCard({ eventCount: 3 }), MARKS);
    expect(message.text).toBe('Disk usage on orders-db, node https://n1.example.com:2113: critical');
    expect(message.attachments.map((attachment) => attachment.color)).toEqual([OPEN_COLOR]);
    expect(textsOf(message)).toEqual([
      '*Disk usage*\nDisk usage of n1.example.com is 96 %: consider removing data or running a scavenge.',
      '*Status*\nOpen',
      '*Severity*\nCritical',
      '*Cluster*\norders-db',
      '*Node*\nhttps://n1.example.com:2113',
      '*Project*\norders',
      'Opened 2026-11-20 12:00 UTC · Updated 2026-11-20 12:00 UTC · 3 events',
    ]);
  });

  it('is green when closed and says how long it lasted', () => {
    const message = issueMessage(closedIssueCard(), MARKS);
    expect(message.attachments[0]?.color).toBe(CLOSED_COLOR);
    expect(message.text).toMatch(/: closed after 12 min$/);
    expect(textsOf(message)).toContain('*Status*\nClosed after 12 min');
    expect(textsOf(message).at(-1)).toContain('Closed 2026-11-20 12:12 UTC');
  });

  it('names ids where names are unknown, and leaves out what there is not', () => {
    const nameless = issueMessage(sampleIssueCard({}, { clusterName: null, nodeAddress: null }), MARKS);
    expect(nameless.text).toBe('Disk usage on d3v1kq0000000000000c, node n1: critical');
    const bare = sampleIssueCard(
      { clusterId: null, nodeId: null, message: '' },
      { clusterName: null, nodeAddress: null },
    );
    expect(issueMessage(bare, MARKS).text).toBe('Disk usage: critical');
    expect(textsOf(issueMessage(bare, MARKS)).join()).not.toMatch(/Cluster|Node|null/);
  });

  it('says so when it may be there twice', () => {
    const message = issueMessage(sampleIssueCard(), DUPLICATE);
    expect(message.text).toMatch(/\(possible duplicate\)$/);
    expect(textsOf(message).at(-1)).toMatch(/^Possible duplicate/);
  });

  it('makes no mention or link of what merely looks like one, in any block', () => {
    const { blocks } = issueMessage(sampleIssueCard({ message: '@here #alerts' }), DUPLICATE).attachments[0]!;
    const parts = (blocks ?? []).flatMap((block) => {
      if ('text' in block) return [block.text];
      return 'fields' in block ? block.fields : block.elements;
    });
    expect(parts.map(({ verbatim }) => verbatim)).toEqual(parts.map(() => true));
  });

  it('says of a fire drill in title and text that it is one, open and closed', () => {
    const drill = sampleIssueCard({ kind: 'fire-drill', drillOf: 'i1', message: 'Step 1 of 3.' });
    for (const card of [drill, closedIssueCard(drill)]) {
      const message = issueMessage(card, MARKS);
      expect(message.text).toMatch(/^\[DRILL\] Fire drill on orders-db/);
      expect(message.attachments[0]?.fallback).toMatch(
        /^\[DRILL\] .*This is a fire drill, nothing is wrong\./,
      );
      expect(textsOf(message)[0]).toBe(
        '*[DRILL] Fire drill*\nThis is a fire drill, nothing is wrong.\nStep 1 of 3.',
      );
      expect(shrink(message, 'msg_too_long').attachments[0]?.text).toContain('nothing is wrong');
    }
    expect(JSON.stringify(issueMessage(sampleIssueCard(), MARKS))).not.toMatch(/drill/i);
  });

  it('carries the delivery, and asks Slack to leave links and names alone', () => {
    expect(issueMessage(sampleIssueCard(), MARKS)).toMatchObject({
      metadata: { event_type: 'spillway_delivery', event_payload: { delivery_id: 'd1' } },
      parse: 'none',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it('says kinds in words, known or not', () => {
    expect(kindInWords('node-out-of-sync')).toBe('Node out of sync');
    expect(kindInWords('their_own.kind')).toBe('Their own kind');
    expect(kindInWords('--')).toBe('Issue');
  });
});

describe('the message of a notification', () => {
  it('has a colour of its severity, which no issue has', () => {
    for (const severity of ['info', 'warning', 'critical'] as const) {
      const message = notificationMessage(sampleNotificationCard({ severity }), MARKS);
      expect(message.attachments[0]?.color).toBe(NOTIFICATION_COLORS[severity]);
      expect([OPEN_COLOR, CLOSED_COLOR]).not.toContain(message.attachments[0]?.color);
    }
  });

  it('shows its title and message', () => {
    const message = notificationMessage(sampleNotificationCard({ title: 'Provisioning' }), MARKS);
    expect(message.text).toBe('Provisioning (orders-db)');
    expect(textsOf(message)[0]).toBe('*Provisioning*\nCluster instances failed to provision');
  });

  it('says what happened where a phone shows it, also without a title', () => {
    const message = notificationMessage(sampleNotificationCard({ title: null }), MARKS);
    expect(message.text).toBe('Cluster instances failed to provision (orders-db)');
    expect(textsOf(message)[0]).toBe('Cluster instances failed to provision');
    const long = notificationMessage(sampleNotificationCard({ message: `${'🙂'.repeat(200)}\nmore` }), MARKS);
    expect(long.text).toBe(`${'🙂'.repeat(149)}… (orders-db)`);
  });
});

describe('the budgets of a message', () => {
  it('hold for any text', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (body, name, kind) => {
        const names = { clusterName: name, nodeAddress: name, projectName: name };
        const card = sampleIssueCard({ message: body, kind }, names);
        const notification = sampleNotificationCard({ title: name, message: body }, { projectName: name });
        for (const message of [issueMessage(card, DUPLICATE), notificationMessage(notification, DUPLICATE)]) {
          const texts = textsOf(message);
          expect(message.text.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
          expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(MAX_SECTION_CHARS);
          expect(texts.join('').length).toBeLessThanOrEqual(MAX_BLOCKS_CHARS);
          expect(JSON.stringify(message).isWellFormed()).toBe(true);
          expect([message.text, ...texts].join('')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
          const small = shrink(message, 'msg_too_long');
          expect(JSON.stringify(small).length).toBeLessThan(2_600);
          expect(small.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
          expect(small.text.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('shrink to short texts in the same colour, or to the same without metadata', () => {
    const message = issueMessage(sampleIssueCard(), MARKS);
    const small = shrink(message, 'msg_blocks_too_long');
    expect(small.metadata).toEqual(message.metadata);
    expect(small.attachments).toEqual([
      { color: OPEN_COLOR, fallback: expect.any(String), text: expect.stringContaining('96 %') },
    ]);
    const { metadata, ...rest } = message;
    expect(metadata).toBeDefined();
    expect(shrink(message, 'metadata_too_large')).toEqual(rest);
  });
});
