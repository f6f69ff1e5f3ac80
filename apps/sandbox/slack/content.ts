import type { SlackMessageAttachment, SlackMetadata, SlackRevision } from './workspace.js';

/** Where text of a post is silently cut (https://docs.slack.dev/reference/methods/chat.postMessage#truncating, read 2026-11-20). */
const MAX_POSTED_TEXT_CHARS = 40_000;
/** `msg_too_long` beyond (https://docs.slack.dev/reference/methods/chat.update#errors, read 2026-11-20). */
const MAX_UPDATED_TEXT_CHARS = 4_000;
/** https://docs.slack.dev/reference/block-kit/blocks, read 2026-11-20. */
const MAX_BLOCKS = 50;
const MAX_SECTION_CHARS = 3_000;
const MAX_FIELDS = 10;
const MAX_FIELD_CHARS = 2_000;
/** Undocumented; reported in https://github.com/slackapi/bolt-js/issues/2509, read 2026-11-20. */
const MAX_ALL_BLOCKS_CHARS = 13_200;
const MAX_ATTACHMENTS = 100;
const MAX_METADATA_CHARS = 8_000;

export type Form = URLSearchParams;
type Parsed<Value> = { readonly value: Value | undefined } | { readonly error: string };
export type Content = Omit<SlackRevision, 'at'>;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(form: Form, name: string): unknown {
  const text = form.get(name);
  if (text === null || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return Number.NaN;
  }
}

function listOfObjects(form: Form, name: string, error: string): Parsed<Json[]> {
  const value = parseJson(form, name);
  if (value === undefined) return { value };
  return Array.isArray(value) && value.every(isObject) ? { value } : { error };
}

const textOf = (value: unknown): string =>
  isObject(value) && typeof value['text'] === 'string' ? value['text'] : '';

/** An error code for blocks that Slack would refuse. Emptiness counts: a section must say something. */
function blocksProblem(blocks: readonly Json[]): string | undefined {
  if (blocks.length > MAX_BLOCKS) return 'invalid_blocks';
  let allChars = 0;
  for (const block of blocks) {
    const fields = Array.isArray(block['fields']) ? block['fields'] : [];
    const elements = Array.isArray(block['elements']) ? block['elements'] : [];
    const text = textOf(block['text']);
    const parts = [text, ...fields.map(textOf), ...elements.map(textOf)];
    allChars += parts.reduce((sum, part) => sum + part.length, 0);
    if (typeof block['type'] !== 'string') return 'invalid_blocks';
    if (block['type'] === 'section' && text === '' && fields.length === 0) return 'invalid_blocks';
    if (text.length > MAX_SECTION_CHARS || fields.length > MAX_FIELDS) return 'invalid_blocks';
    if (fields.some((field) => textOf(field) === '' || textOf(field).length > MAX_FIELD_CHARS))
      return 'invalid_blocks';
  }
  return allChars > MAX_ALL_BLOCKS_CHARS ? 'msg_blocks_too_long' : undefined;
}

function metadataOf(form: Form): Parsed<SlackMetadata> {
  const value = parseJson(form, 'metadata');
  if (value === undefined) return { value };
  if (!isObject(value)) return { error: 'invalid_metadata_format' };
  if (Object.keys(value).length === 0) return { value: undefined };
  if (typeof value['event_type'] !== 'string' || !isObject(value['event_payload'])) {
    return { error: 'invalid_metadata_schema' };
  }
  if (JSON.stringify(value).length > MAX_METADATA_CHARS) return { error: 'metadata_too_large' };
  return { value: { event_type: value['event_type'], event_payload: value['event_payload'] } };
}

/**
 * What a post or an update (`previous` given) makes the message show, or the code of Slack's refusal. An update that
 * leaves out `attachments` or `metadata` keeps them; one with `text` but without `blocks` removes the blocks.
 */
export function readContent(form: Form, previous?: Content): { content: Content } | { error: string } {
  const blocks = listOfObjects(form, 'blocks', 'invalid_blocks_format');
  const attachments = listOfObjects(form, 'attachments', 'invalid_attachments');
  const metadata = metadataOf(form);
  for (const part of [blocks, attachments, metadata]) if ('error' in part) return part;
  if ('error' in blocks || 'error' in attachments || 'error' in metadata)
    return { error: 'invalid_arguments' };
  if ((attachments.value?.length ?? 0) > MAX_ATTACHMENTS) return { error: 'too_many_attachments' };
  const nested = (attachments.value ?? []).flatMap((item) =>
    Array.isArray(item['blocks']) ? item['blocks'] : [],
  );
  const problem = blocksProblem([...(blocks.value ?? []), ...nested.filter(isObject)]);
  if (problem !== undefined) return { error: problem };
  const text = form.get('text') ?? '';
  if (previous && text.length > MAX_UPDATED_TEXT_CHARS) return { error: 'msg_too_long' };
  if (text === '' && !blocks.value?.length && !attachments.value?.length) return { error: 'no_text' };
  const keptMetadata = form.has('metadata') ? metadata.value : previous?.metadata;
  return {
    content: {
      text: text.slice(0, MAX_POSTED_TEXT_CHARS),
      blocks: blocks.value ?? (form.has('text') ? [] : (previous?.blocks ?? [])),
      attachments: (attachments.value as SlackMessageAttachment[] | undefined) ?? previous?.attachments ?? [],
      ...(keptMetadata === undefined ? {} : { metadata: keptMetadata }),
    },
  };
}
