import type { SinkCall } from '../sink.js';
import type { SlackAnswer, SlackClient } from './slack.client.js';
import type { SlackFailure } from './slack.classify.js';
import { channelPage, historyPage, isChannelId } from './slack.schema.js';

/** Most that conversations.list gives at once is below 1,000 (https://docs.slack.dev/reference/methods/conversations.list, read 2026-11-20). */
const LIST_PAGE_SIZE = 999;
const HISTORY_PAGE_SIZE = 200;
/** A search that goes on longer has no verdict: these methods allow 20 to 50 calls a minute, all channels together. */
const MAX_PAGES = 10;

/** `undefined`: it could not be searched to the end, with this credential or at all. */
export type Search<Found> = { readonly found: Found | null | undefined } | { readonly failure: SlackFailure };

const UNABLE = { found: undefined } as const;

const nextCursor = (page: {
  response_metadata?: { next_cursor?: string | undefined } | undefined;
}): string | undefined =>
  page.response_metadata?.next_cursor === '' ? undefined : page.response_metadata?.next_cursor;

async function searchPages<Found>(
  callPage: (cursor: string | undefined) => Promise<SlackAnswer>,
  look: (
    body: unknown,
  ) => { readonly found: Found | undefined; readonly cursor: string | undefined } | undefined,
): Promise<Search<Found>> {
  let cursor: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await callPage(cursor);
    // Apps limited to one such call a minute would never get past the first page, however often they tried again.
    if (!answer.ok && page > 1 && answer.failure.trace.status === 429) return UNABLE;
    if (!answer.ok) return { failure: answer.failure };
    const seen = look(answer.body);
    if (!seen) return UNABLE;
    if (seen.found !== undefined) return { found: seen.found };
    if (seen.cursor === undefined) return { found: null };
    cursor = seen.cursor;
  }
  return UNABLE;
}

/** The ID of the configured channel. A name is looked up where a scope allows that; `null` when there is none of that name. */
export async function findChannelId(
  client: SlackClient,
  channel: string,
  scopes: readonly string[],
  signal: AbortSignal,
): Promise<Search<string>> {
  if (isChannelId(channel)) return { found: channel };
  const types = [
    ...(scopes.includes('channels:read') ? ['public_channel'] : []),
    ...(scopes.includes('groups:read') ? ['private_channel'] : []),
  ];
  if (types.length === 0) return UNABLE;
  const name = channel.replace(/^#/, '');
  return searchPages(
    (cursor) =>
      client.call(
        'conversations.list',
        { types: types.join(','), limit: LIST_PAGE_SIZE, exclude_archived: false, cursor },
        signal,
      ),
    (body) => {
      const page = channelPage.safeParse(body).data;
      return (
        page && { found: page.channels.find((item) => item.name === name)?.id, cursor: nextCursor(page) }
      );
    },
  );
}

/** The newest message of this delivery in the channel, posted at `oldest` or later. */
export async function findMessage(
  client: SlackClient,
  channelId: string,
  oldest: Date,
  call: SinkCall,
): Promise<Search<string>> {
  const range = {
    channel: channelId,
    oldest: (oldest.getTime() / 1_000).toFixed(6),
    limit: HISTORY_PAGE_SIZE,
  };
  return searchPages(
    (cursor) =>
      client.call('conversations.history', { ...range, include_all_metadata: true, cursor }, call.signal),
    (body) => {
      const page = historyPage.safeParse(body).data;
      const ours = page?.messages.find(
        (item) => item.metadata?.event_payload?.delivery_id === call.deliveryId,
      );
      return page && { found: ours?.ts, cursor: nextCursor(page) };
    },
  );
}
