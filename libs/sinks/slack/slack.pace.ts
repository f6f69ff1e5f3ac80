import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Pace, SinkEnvironment } from '../sink.js';

/**
 * "Generally … one message per second per channel" (https://docs.slack.dev/apis/web-api/rate-limits, read 2026-11-20), and
 * a little more between two, for a call may be on its way longer than the next one: the first of a process on a busy machine
 * was seen to take 200 ms longer.
 */
const POST_INTERVAL_MS = 1_200;
/** Tier 3 allows 50 and more (the same page), for all channels together. */
const UPDATES_PER_MINUTE = 40;
const MINUTE_MS = 60_000;
const KEY_CHARS = 32;

/** The operator's settings, as the program has read them; the vendor's limits where there are none. */
const paceSettings = z.object({
  SPILLWAY_SLACK_POST_INTERVAL: z.number().min(0).catch(POST_INTERVAL_MS),
  SPILLWAY_SLACK_UPDATES_PER_MINUTE: z.number().min(0).catch(UPDATES_PER_MINUTE),
});

/**
 * Two integrations with the same token share a pace, so the key must be made of it. It is stored, so it is a keyed digest and
 * only a part of one, which no list of digests of leaked tokens finds; a token itself has too much chance in it to be guessed.
 */
const keyOf = (what: string, ...parts: readonly string[]): string =>
  `slack:${what}:${createHmac('sha256', 'spillway/slack/pace').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_CHARS)}`;

/** Posts one after another; nothing when the interval is off. */
function postPace(everyMs: number, token: string, channel: string): Pace | undefined {
  if (everyMs <= 0) return undefined;
  return { key: keyOf('post', token, channel.replace(/^#/, '')), everyMs: Math.ceil(everyMs), burst: 1 };
}

/**
 * A quarter of the minute's updates may go at once, the others one by one. In any minute `burst` of them and as many as fit
 * into a minute at this distance can go, which is never more than `perMinute`.
 */
function updatePace(perMinute: number, token: string): Pace | undefined {
  const limit = Math.floor(perMinute);
  if (limit <= 0) return undefined;
  const burst = Math.max(1, Math.floor(limit / 4));
  // With one a minute there is nothing left beside the burst: then the distance alone must keep them apart.
  const everyMs = limit === burst ? MINUTE_MS + 1 : Math.ceil(MINUTE_MS / (limit - burst));
  return { key: keyOf('update', token), everyMs, burst };
}

/** How fast Slack may be called with this token: posts to one channel, and updates in all channels together. */
export function slackPace(
  token: string,
  channel: string,
  environment: Pick<SinkEnvironment, 'processSettings'>,
): { readonly open?: Pace; readonly update?: Pace } {
  const settings = paceSettings.parse(environment.processSettings ?? {});
  const open = postPace(settings.SPILLWAY_SLACK_POST_INTERVAL, token, channel);
  const update = updatePace(settings.SPILLWAY_SLACK_UPDATES_PER_MINUTE, token);
  return { ...(open ? { open } : {}), ...(update ? { update } : {}) };
}
