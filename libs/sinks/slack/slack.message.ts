import type { Severity } from '../../domain/index.js';
import type { SinkCall } from '../sink.js';
import { fitLine } from './slack.text.js';

/** One budget for posting and updating, or a message could be posted and never updated: `text` of chat.update is limited to 4,000 (https://docs.slack.dev/reference/methods/chat.update#errors, read 2026-11-20). */
export const MAX_TEXT_CHARS = 3_900;
/** A section's text is limited to 3,000 (https://docs.slack.dev/reference/block-kit/blocks/section-block, read 2026-11-20). */
export const MAX_SECTION_CHARS = 2_800;
/** All blocks of a message; the real limit is undocumented, about 13,200 (https://github.com/slackapi/bolt-js/issues/2509, read 2026-11-20). */
export const MAX_BLOCKS_CHARS = 12_000;
/** https://docs.slack.dev/reference/block-kit/blocks, read 2026-11-20. */
export const MAX_BLOCKS = 50;
/** A section's field is limited to 2,000 (the section block's page); names are short or not readable. */
const MAX_NAME_CHARS = 200;
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

export interface MrkdwnText {
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

export type Marks = Pick<SinkCall, 'deliveryId' | 'possibleDuplicate'>;
/** What a section shows side by side; those without a value are left out. */
export type Field = readonly [label: string, value: string | null];

/** What a message says, before it has Slack's form. */
export interface Content {
  /** What a phone shows; not yet escaped. */
  readonly headline: string;
  /** What is said where no blocks are; not yet escaped. */
  readonly fallback: string;
  readonly color: string;
  /** Texts of the sections, escaped and within their limit. */
  readonly sections: readonly string[];
  readonly fields: readonly Field[];
  readonly times: string;
}

const mrkdwn = (text: string): MrkdwnText => ({ type: 'mrkdwn', text, verbatim: true });
export const minute = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `disk-usage` as people say it: `Disk usage`. */
export const kindInWords = (kind: string): string =>
  capitalised(kind.replace(/[-_.\s]+/g, ' ').trim()) || 'Issue';

function blocksOf({ sections, fields, times }: Content, possibleDuplicate: boolean): SlackBlock[] {
  const named = fields.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [mrkdwn(`*${label}*\n${fitLine(value, MAX_NAME_CHARS)}`)],
  );
  const duplicate = mrkdwn('Possible duplicate: Slack did not say whether an earlier post of this arrived.');
  return [
    ...sections.map((text) => ({ type: 'section', text: mrkdwn(text) }) as const),
    { type: 'section', fields: named },
    { type: 'context', elements: [mrkdwn(times), ...(possibleDuplicate ? [duplicate] : [])] },
  ];
}

function headlineOf(content: Content, possibleDuplicate: boolean): string {
  const suffix = possibleDuplicate ? ' (possible duplicate)' : '';
  return fitLine(content.headline, MAX_TEXT_CHARS - suffix.length) + suffix;
}

/** The content in Slack's form. Cuts headline, fallback and fields to their limits. */
export function compose(content: Content, { deliveryId, possibleDuplicate }: Marks): SlackMessage {
  return {
    text: headlineOf(content, possibleDuplicate),
    attachments: [
      {
        color: content.color,
        fallback: fitLine(content.fallback, MAX_FALLBACK_CHARS),
        blocks: blocksOf(content, possibleDuplicate),
      },
    ],
    metadata: { event_type: METADATA_EVENT_TYPE, event_payload: { delivery_id: deliveryId } },
    parse: 'none',
    unfurl_links: false,
    unfurl_media: false,
  };
}

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
