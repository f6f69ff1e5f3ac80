import { readContent, type Form } from './content.js';
import {
  identityOf,
  shownBy,
  type SlackChannel,
  type SlackMessage,
  type SlackToken,
  type Workspace,
} from './workspace.js';

/** The JSON of an answer. */
export type Answer = { readonly ok: boolean; readonly [member: string]: unknown };
type Method = (workspace: Workspace, token: SlackToken, form: Form) => Answer;

const refuse = (error: string, more: Record<string, unknown> = {}): Answer => ({ ok: false, error, ...more });

/** The refusal of a token with none of these scopes; the first is the one Slack names. */
function lacking(token: SlackToken, ...scopes: readonly [string, ...string[]]): Answer | undefined {
  if (scopes.some((scope) => token.scopes.includes(scope))) return undefined;
  return refuse('missing_scope', { needed: scopes[0], provided: token.scopes.join(',') });
}

const channelsOf = (workspace: Workspace, token: SlackToken): SlackChannel[] =>
  [...workspace.channels.values()].filter((channel) => channel.teamId === token.teamId);

/** By ID only, as every method but chat.postMessage wants it. A private channel is invisible from outside. */
function channelById(workspace: Workspace, token: SlackToken, id: string | null): SlackChannel | undefined {
  const channel = channelsOf(workspace, token).find((item) => item.id === id);
  return channel?.isPrivate && !channel.isMember ? undefined : channel;
}

/** By ID, or a public channel by its name with or without `#`. */
function channelToPostTo(
  workspace: Workspace,
  token: SlackToken,
  idOrName: string,
): SlackChannel | undefined {
  const name = idOrName.replace(/^#/, '');
  const named = channelsOf(workspace, token).find((channel) => !channel.isPrivate && channel.name === name);
  return channelById(workspace, token, idOrName) ?? named;
}

const describeMessage = (message: SlackMessage, withMetadata: boolean): Record<string, unknown> => {
  const { text, blocks, attachments, metadata } = shownBy(message);
  const by = message.postedBy.startsWith('B') ? { bot_id: message.postedBy } : { user: message.postedBy };
  return {
    type: 'message',
    ts: message.ts,
    ...by,
    text,
    blocks,
    attachments,
    ...(withMetadata && metadata ? { metadata } : {}),
  };
};

const describeChannel = (channel: SlackChannel): Record<string, unknown> => ({
  id: channel.id,
  name: channel.name,
  is_channel: !channel.isPrivate,
  is_private: channel.isPrivate,
  is_archived: channel.isArchived,
  is_member: channel.isMember,
});

const postMessage: Method = (workspace, token, form) => {
  const refused = lacking(token, 'chat:write');
  if (refused) return refused;
  const channel = channelToPostTo(workspace, token, form.get('channel') ?? '');
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  if (!channel.isMember && !token.scopes.includes('chat:write.public')) return refuse('not_in_channel');
  const read = readContent(form);
  if ('error' in read) return refuse(read.error);
  workspace.pace.posted(channel.id);
  const message = workspace.post(channel.id, identityOf(token), read.content);
  return { ok: true, channel: channel.id, ts: message.ts, message: describeMessage(message, true) };
};

/** The message that an update or deletion is about, if this identity may touch it. */
function ownMessage(
  workspace: Workspace,
  token: SlackToken,
  form: Form,
  notOwn: string,
): SlackMessage | Answer {
  const refused = lacking(token, 'chat:write');
  if (refused) return refused;
  const channel = channelById(workspace, token, form.get('channel'));
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_inactive');
  const message = workspace.find(channel.id, form.get('ts') ?? '');
  if (!message) return refuse('message_not_found');
  return message.postedBy === identityOf(token) ? message : refuse(notOwn);
}

const updateMessage: Method = (workspace, token, form) => {
  const message = ownMessage(workspace, token, form, 'cant_update_message');
  if ('ok' in message) return message;
  const read = readContent(form, shownBy(message));
  if ('error' in read) return refuse(read.error);
  workspace.pace.updated(identityOf(token));
  const updated = workspace.update(message, read.content);
  return {
    ok: true,
    channel: message.channel,
    ts: message.ts,
    text: read.content.text,
    message: describeMessage(updated, true),
  };
};

const deleteMessage: Method = (workspace, token, form) => {
  const message = ownMessage(workspace, token, form, 'cant_delete_message');
  if ('ok' in message) return message;
  workspace.delete(message.channel, message.ts);
  return { ok: true, channel: message.channel, ts: message.ts };
};

const authTest: Method = (_workspace, token) => ({
  ok: true,
  url: 'https://sandbox.slack.example.com/',
  team: 'Sandbox',
  team_id: token.teamId,
  user: 'spillway',
  user_id: token.userId,
  ...(token.botId === undefined ? {} : { bot_id: token.botId }),
});

const channelInfo: Method = (workspace, token, form) => {
  const refused = lacking(token, 'channels:read', 'groups:read');
  if (refused) return refused;
  const channel = channelById(workspace, token, form.get('channel'));
  if (!channel) return refuse('channel_not_found');
  return (
    lacking(token, channel.isPrivate ? 'groups:read' : 'channels:read') ?? {
      ok: true,
      channel: describeChannel(channel),
    }
  );
};

/** A page of the list from the cursor on; cursors are opaque, here they say where to go on. */
function page<Item>(items: readonly Item[], form: Form): { items: readonly Item[]; next: string } {
  const from =
    Number(
      Buffer.from(form.get('cursor') ?? '', 'base64')
        .toString()
        .replace('next:', ''),
    ) || 0;
  const limit = Math.min(Math.max(Number(form.get('limit')) || 100, 1), 999);
  const end = from + limit;
  return {
    items: items.slice(from, end),
    next: end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '',
  };
}

const listChannels: Method = (workspace, token, form) => {
  const types = (form.get('types') ?? 'public_channel').split(',');
  const refused =
    (types.includes('public_channel') ? lacking(token, 'channels:read') : undefined) ??
    (types.includes('private_channel') ? lacking(token, 'groups:read') : undefined);
  if (refused) return refused;
  const channels = channelsOf(workspace, token)
    .filter((channel) => types.includes(channel.isPrivate ? 'private_channel' : 'public_channel'))
    .filter((channel) => channel.isMember || !channel.isPrivate)
    .filter((channel) => form.get('exclude_archived') !== 'true' || !channel.isArchived);
  const { items, next } = page(channels, form);
  return { ok: true, channels: items.map(describeChannel), response_metadata: { next_cursor: next } };
};

const history: Method = (workspace, token, form) => {
  const refused = lacking(token, 'channels:history', 'groups:history');
  if (refused) return refused;
  const channel = channelById(workspace, token, form.get('channel'));
  if (!channel) return refuse('channel_not_found');
  const refusedHere = lacking(token, channel.isPrivate ? 'groups:history' : 'channels:history');
  if (refusedHere) return refusedHere;
  if (!channel.isMember) return refuse('not_in_channel');
  const oldest = Number(form.get('oldest') ?? 0);
  const latest = Number(form.get('latest') ?? Number.POSITIVE_INFINITY);
  const inRange = workspace
    .visibleMessages(channel.id)
    .filter((message) => Number(message.ts) > oldest && Number(message.ts) < latest)
    .reverse();
  const { items, next } = page(inRange, form);
  const messages = items.map((message) =>
    describeMessage(message, form.get('include_all_metadata') === 'true'),
  );
  return { ok: true, messages, has_more: next !== '', response_metadata: { next_cursor: next } };
};

const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'chat.delete': deleteMessage,
  'conversations.info': channelInfo,
  'conversations.list': listChannels,
  'conversations.history': history,
};

/** What Slack would answer, and do, to this call. */
export function perform(workspace: Workspace, method: string, token: string | undefined, form: Form): Answer {
  const implementation = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!implementation) return refuse('unknown_method', { req_method: method });
  if (token === undefined || token === '') return refuse('not_authed');
  const known = workspace.tokens.get(token);
  if (!known) return refuse('invalid_auth');
  if (known.revoked) return refuse('token_revoked');
  return implementation(workspace, known, form);
}
