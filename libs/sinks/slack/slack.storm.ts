import { formatDuration, type Severity } from '../../domain/index.js';
import type { StormCard, StormItem } from '../cards.js';
import {
  capitalised,
  CLOSED_COLOR,
  compose,
  kindInWords,
  MAX_BLOCKS_CHARS,
  MAX_SECTION_CHARS,
  minute,
  OPEN_COLOR,
  type Content,
  type Marks,
  type SlackMessage,
} from './slack.message.js';
import { fitLine } from './slack.text.js';

/** What the list may take of all blocks; the rest is for heading, fields and times, each far below what is left. */
const MAX_LIST_CHARS = MAX_BLOCKS_CHARS - 2_500;
/** An item's line; names that fill more are not read to their end. */
const MAX_ITEM_CHARS = 300;
/** Nobody reads more in a channel. */
const MAX_LISTED_ITEMS = 50;
/** A longer address is of no use in a message. */
const MAX_URL_CHARS = 500;

const OPEN_MARKS: Readonly<Record<Severity, string>> = { critical: '🔴', warning: '🟠', info: '🔵' };
const CLOSED_MARK = '✅';

const issues = (count: number): string => `${count} ${count === 1 ? 'issue' : 'issues'}`;
const isOpen = (item: StormItem): boolean => item.status === 'open';

/** `37 issues opened at once, 12 still open`. */
function countsInWords({ total, open, status }: StormCard): string {
  const opened = `${issues(total)} opened at once`;
  if (status === 'closed') return `${opened}, all closed`;
  return open === total ? `${opened}, all still open` : `${opened}, ${open} still open`;
}

const duration = ({ since, updatedAt }: StormCard): string =>
  formatDuration(updatedAt.getTime() - since.getTime());

function lineOf({ kind, severity, status, clusterName, nodeAddress }: StormItem): string {
  const place = [clusterName, nodeAddress].filter((name) => name !== null && name !== '').join(', node ');
  const mark = status === 'open' ? OPEN_MARKS[severity] : CLOSED_MARK;
  const words = `${kindInWords(kind)}${place === '' ? '' : ` on ${place}`}: ${status === 'open' ? severity : 'closed'}`;
  return fitLine(`${mark} ${words}`, MAX_ITEM_CHARS);
}

/** As many of the lines as fit, in sections that are no longer than Slack takes. */
function listed(lines: readonly string[]): { readonly sections: string[]; readonly count: number } {
  const sections: string[] = [];
  let left = MAX_LIST_CHARS;
  let count = 0;
  for (const line of lines) {
    if (line.length + 1 > left) break;
    left -= line.length + 1;
    count += 1;
    const last = sections.at(-1);
    if (last === undefined || last.length + 1 + line.length > MAX_SECTION_CHARS) sections.push(line);
    else sections[sections.length - 1] = `${last}\n${line}`;
  }
  return { sections, count };
}

/** A link that can hold nothing but this address; none when it is no address, or an endless one. */
function linkTo(listUrl: string | null): string | undefined {
  const url = listUrl === null ? null : URL.parse(listUrl);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const address = url.href.replace(/[<>|]/g, encodeURIComponent).replace(/&/g, '&amp;');
  return address.length > MAX_URL_CHARS ? undefined : `<${address}|All of them in the API>`;
}

function stormContent(card: StormCard): Content {
  const closed = card.status === 'closed';
  const counts = `${countsInWords(card)}${closed ? ` after ${duration(card)}` : ''}`;
  const items = [...card.items.filter(isOpen), ...card.items.filter((item) => !isOpen(item))];
  const { sections, count } = listed(items.slice(0, MAX_LISTED_ITEMS).map(lineOf));
  const more = card.total - count;
  const rest = [more > 0 ? `… and ${more} more.` : undefined, linkTo(card.listUrl)];
  const restLine = rest.filter((part) => part !== undefined).join(' ');
  const headline = `${counts} (project ${card.projectName})${closed ? '' : `: up to ${card.severity}`}`;
  return {
    headline,
    fallback: `${headline}. Critical issues have messages of their own.`,
    color: closed ? CLOSED_COLOR : OPEN_COLOR,
    sections: [
      `*${counts}*\nThis message stands for all of them and is kept up to date. Critical issues have messages of their own.`,
      ...sections,
      ...(restLine === '' ? [] : [restLine]),
    ],
    fields: [
      ['Status', closed ? `Closed after ${duration(card)}` : `${card.open} of ${card.total} open`],
      ['Worst severity', capitalised(card.severity)],
      ['Project', card.projectName],
    ],
    times: `First opened ${minute(card.since)} · ${closed ? 'Closed' : 'Updated'} ${minute(card.updatedAt)}`,
  };
}

/** The many issues that opened at once, in one message: red bar while one of them is open, green when none is. */
export const stormMessage = (card: StormCard, marks: Marks): SlackMessage =>
  compose(stormContent(card), marks);
