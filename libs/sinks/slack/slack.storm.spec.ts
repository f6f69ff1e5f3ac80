import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../domain/index.js';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import type { StormCard, StormItem } from '../cards.js';
import {
  CLOSED_COLOR,
  MAX_BLOCKS,
  MAX_BLOCKS_CHARS,
  MAX_SECTION_CHARS,
  MAX_TEXT_CHARS,
  OPEN_COLOR,
  shrink,
} from './slack.message.js';
import { stormMessage } from './slack.storm.js';
import { textsOf } from './testing/texts-of.js';

const MARKS = { deliveryId: 'd1', possibleDuplicate: false };
const DUPLICATE = { ...MARKS, possibleDuplicate: true };

const item = (change: Partial<StormItem> = {}): StormItem => ({
  kind: 'disk-usage',
  severity: 'warning',
  status: 'open',
  clusterName: 'orders-db',
  nodeAddress: 'https://n1.example.com:2113',
  ...change,
});
const items = (count: number, change: Partial<StormItem> = {}): StormItem[] =>
  Array.from({ length: count }, (_, index) => item({ clusterName: `cluster-${index + 1}`, ...change }));
const card = (change: Partial<StormCard> = {}): StormCard => ({
  status: 'open',
  severity: 'warning',
  projectName: 'orders',
  since: new Date('2026-11-20T12:00:00Z'),
  updatedAt: new Date('2026-11-20T12:12:30Z'),
  total: 37,
  open: 12,
  items: [...items(25, { status: 'closed' }), ...items(12)],
  listUrl: 'https://hub.example.com/hub/v1/issues?status=open&limit=50',
  ...change,
});
const shown = (change: Partial<StormCard> = {}) => stormMessage(card(change), MARKS);
const listOf = (change: Partial<StormCard> = {}): string[] =>
  textsOf(shown(change))
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^(🔴|🟠|🔵|✅)/u.test(line));

describe('the summary of a storm', () => {
  it('is red while one is open, and counts them', () => {
    const message = shown();
    expect(message.text).toBe('37 issues opened at once, 12 still open (project orders): up to warning');
    expect(message.attachments.map(({ color }) => color)).toEqual([OPEN_COLOR]);
    expect(textsOf(message)[0]).toMatch(/^\*37 issues opened at once, 12 still open\*\n/);
    expect(textsOf(message)).toContain('*Status*\n12 of 37 open');
    expect(textsOf(message).at(-1)).toBe('First opened 2026-11-20 12:00 UTC · Updated 2026-11-20 12:12 UTC');
  });

  it('is green when all are closed, and says how long it lasted', () => {
    const message = shown({ status: 'closed', open: 0, items: items(37, { status: 'closed' }) });
    expect(message.attachments[0]?.color).toBe(CLOSED_COLOR);
    expect(message.text).toBe('37 issues opened at once, all closed after 12 min (project orders)');
    expect(textsOf(message)).toContain('*Status*\nClosed after 12 min');
    expect(textsOf(message).at(-1)).toContain('Closed 2026-11-20 12:12 UTC');
  });

  it('lists the open ones first, each with how bad it is, what and where', () => {
    const lines = listOf();
    expect(lines).toHaveLength(37);
    expect(lines[0]).toBe('🟠 Disk usage on cluster-1, node https://n1.example.com:2113: warning');
    expect(lines.slice(0, 12).every((line) => line.startsWith('🟠'))).toBe(true);
    expect(lines[12]).toBe('✅ Disk usage on cluster-1, node https://n1.example.com:2113: closed');
    const bare = item({ severity: 'info', clusterName: null, nodeAddress: null });
    expect(listOf({ items: [bare, item({ severity: 'critical' })] })).toEqual([
      '🔵 Disk usage: info',
      '🔴 Disk usage on orders-db, node https://n1.example.com:2113: critical',
    ]);
  });

  it('says how many more there are, and where the API lists them', () => {
    const link = '<https://hub.example.com/hub/v1/issues?status=open&amp;limit=50|All of them in the API>';
    expect(textsOf(shown({ total: 2_000, open: 2_000, items: items(100) }))).toContain(
      `… and 1950 more. ${link}`,
    );
    expect(textsOf(shown())).toContain(link);
    const alone = textsOf(shown({ listUrl: null })).join('\n');
    expect(alone).not.toMatch(/more|<http/);
  });

  it('makes no link of what is no address, and none that can hold anything else', () => {
    for (const listUrl of ['nowhere', 'javascript:alert(1)', `https://hub.example.com/${'x'.repeat(600)}`])
      expect(textsOf(shown({ listUrl })).join('\n')).not.toContain('<');
    const odd = textsOf(shown({ listUrl: 'https://hub.example.com/a>b|c<d' })).join('\n');
    expect(odd.match(/[<>|]/g)).toEqual(['<', '|', '>']);
  });

  it('counts one as people do', () => {
    expect(shown({ total: 1, open: 1, items: items(1) }).text).toMatch(
      /^1 issue opened at once, all still open/,
    );
  });

  it('carries the delivery by which it is found again, and says when it may be there twice', () => {
    expect(shown().metadata?.event_payload).toEqual({ delivery_id: 'd1' });
    const duplicate = stormMessage(card(), DUPLICATE);
    expect(duplicate.text).toMatch(/\(possible duplicate\)$/);
    expect(textsOf(duplicate).at(-1)).toMatch(/^Possible duplicate/);
  });

  it('fits into every budget whatever the names, however many', () => {
    const anyItem = fc.record({
      kind: hostileText,
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom('open' as const, 'closed' as const),
      clusterName: fc.option(hostileText),
      nodeAddress: fc.option(hostileText),
    });
    const repeated = fc
      .tuple(fc.array(anyItem, { maxLength: 3 }), fc.constantFrom(1, 5, 20, 100))
      .map(([some, times]) => Array.from({ length: times }, () => some).flat());
    fc.assert(
      fc.property(repeated, hostileText, fc.webUrl({ withQueryParameters: true }), (some, name, listUrl) => {
        const open = some.filter(({ status }) => status === 'open').length;
        const total = some.length + 3;
        const message = stormMessage(
          card({ items: some, projectName: name, open, total, listUrl }),
          DUPLICATE,
        );
        const texts = textsOf(message);
        expect(message.text.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
        expect(message.attachments[0]?.blocks?.length).toBeLessThanOrEqual(MAX_BLOCKS);
        expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(MAX_SECTION_CHARS);
        expect(texts.every((text) => text.trim() !== '')).toBe(true);
        expect(texts.join('').length).toBeLessThanOrEqual(MAX_BLOCKS_CHARS);
        expect(JSON.stringify(message).isWellFormed()).toBe(true);
        const withoutLink = [message.text, ...texts].join('').replace(/<https?:[^<>|]*\|[^<>|]*>/g, '');
        expect(withoutLink).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(JSON.stringify(shrink(message, 'msg_too_long')).length).toBeLessThan(2_600);
      }),
      { numRuns: 40 },
    );
  }, 20_000);
});
