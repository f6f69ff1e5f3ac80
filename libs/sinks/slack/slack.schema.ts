import { z } from 'zod';

/** `#` and a channel name of at most 80 characters, or a channel ID (https://docs.slack.dev/reference/methods/conversations.create, read 2026-11-20). */
const MAX_CHANNEL_CHARS = 81;
/** Bot tokens have some 60 characters, rotating ones some 300; Slack documents no maximum. */
const MAX_TOKEN_CHARS = 512;

const CHANNEL_ID = /^[CGD][A-Z0-9]{7,}$/;

/** Public members of `data`. Values are kept verbatim: Slack may be given a name (`#alerts`) or an ID (`C0123456789`). */
export const slackConfig = z.object({
  channelId: z
    .string()
    .min(1, 'must name a channel')
    .max(MAX_CHANNEL_CHARS, `must have at most ${MAX_CHANNEL_CHARS} characters`)
    .regex(/^[^\s\p{Cc}]*$/u, 'must have no spaces or control characters'),
});
export type SlackConfig = z.output<typeof slackConfig>;

/** Write-only members of `data`. The token travels in a header, so only visible ASCII can be meant. */
export const slackSecrets = z.object({
  token: z
    .string()
    .min(1, 'must hold a Slack token')
    .max(MAX_TOKEN_CHARS, `must have at most ${MAX_TOKEN_CHARS} characters`)
    .regex(/^[\x21-\x7e]*$/, 'must have no spaces, control characters or letters beyond ASCII'),
});

/** Whether a configured channel is an ID, which every method takes; a name is only good for posting. */
export const isChannelId = (channel: string): boolean => CHANNEL_ID.test(channel);

const channelId = z.string().regex(/^[A-Z0-9]{1,32}$/);
const timestamp = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

/** Answer of `chat.postMessage` and `chat.update`. */
export const writtenMessage = z.object({ channel: channelId, ts: timestamp });

/** `response_metadata.next_cursor` of a paged answer; empty or absent on the last page. */
const responseMetadata = z.object({ next_cursor: z.string().optional() }).optional();

/** One page of `conversations.history`, newest first. Messages of other apps may carry any metadata. */
export const historyPage = z.object({
  messages: z.array(
    z.object({
      ts: timestamp,
      metadata: z
        .object({ event_payload: z.object({ delivery_id: z.unknown() }).optional() })
        .optional()
        .catch(undefined),
    }),
  ),
  response_metadata: responseMetadata,
});

/** One page of `conversations.list`. */
export const channelPage = z.object({
  channels: z.array(z.object({ id: channelId, name: z.string().optional() })),
  response_metadata: responseMetadata,
});

/** Answer of `conversations.info`. */
export const channelInfo = z.object({
  channel: z.object({
    is_archived: z.boolean().optional(),
    is_member: z.boolean().optional(),
    is_private: z.boolean().optional(),
  }),
});

/** Answer of `auth.test`: who we are, for people. */
export const identity = z.object({ team: z.string().optional(), user: z.string().optional() });
