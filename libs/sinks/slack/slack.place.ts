import type { Outcome, RemoteRef } from '../../domain/index.js';
import type { SinkReply } from '../sink.js';
import { isChannelId } from './slack.schema.js';

/** What there is to change was posted by an older hub, or never: a fresh message mends it. */
export const NOWHERE: Outcome = {
  kind: 'gone',
  what: 'message',
  code: 'no_reference',
  reason: 'It is not known where the message is; a fresh one takes its place.',
};

/** The reply, its reference with how the channel was called when the message was posted; unknown of older messages. */
export function calledAs(reply: SinkReply, as: string | undefined): SinkReply {
  const { outcome } = reply;
  if (outcome.kind !== 'delivered' || as === undefined) return reply;
  return { ...reply, outcome: { ...outcome, ref: { ...outcome.ref, as } } };
}

/** Whether an integration with this channel was pointed at another one when the message was posted. */
export function isElsewhere({ channel, as }: RemoteRef, configured: string): boolean {
  if (configured === channel) return false;
  // Slack answers with an ID whatever it was given, so a name can only be compared with the name that was given then.
  return as === undefined ? isChannelId(configured) : configured !== as;
}
