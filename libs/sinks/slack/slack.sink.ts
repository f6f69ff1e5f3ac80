import type { Outcome, RemoteRef } from '../../domain/index.js';
import type { IssueCard, NotificationCard, StormCard } from '../cards.js';
import type { Pace, Recovery, Sink, SinkCall, SinkReply, TestReport } from '../sink.js';
import { requestRecord } from '../request-record.js';
import { withoutSecrets } from '../without-secrets.js';
import { answerOf } from './slack.answer.js';
import { findChannelId, findMessage } from './slack.channel.js';
import { classify, unreadable, type CallTrace, type SlackFailure } from './slack.classify.js';
import type { SlackAnswer, SlackClient } from './slack.client.js';
import { lookUpCode } from './slack.codes.js';
import { issueMessage, notificationMessage } from './slack.format.js';
import { shrink, type SlackMessage } from './slack.message.js';
import { calledAs, isElsewhere, NOWHERE } from './slack.place.js';
import { probe } from './slack.probe.js';
import { writtenMessage, type SlackConfig } from './slack.schema.js';
import { stormMessage } from './slack.storm.js';

const POST = { method: 'chat.postMessage', idempotent: false } as const;
const UPDATE = { method: 'chat.update', idempotent: true } as const;
type Write = typeof POST | typeof UPDATE;

/** Slack's clock stamps messages and ours says since when: how far apart they may be. */
const CLOCK_SKEW_MS = 60_000;
const HISTORY_SCOPES = ['channels:history', 'groups:history'];
/** Refusals of a search that only mean: this token may not search there. */
const MAY_NOT_SEARCH = new Set([
  'missing_scope',
  'not_in_channel',
  'channel_not_found',
  'not_allowed_token_type',
]);

/** Formats, sends, classifies: one integration's line to one Slack channel. */
export class SlackSink implements Sink {
  readonly #client: SlackClient;
  readonly #channel: string;
  readonly #token: string;
  readonly pace: { readonly open?: Pace; readonly update?: Pace };

  constructor(
    client: SlackClient,
    { channelId }: SlackConfig,
    token: string,
    pace: { readonly open?: Pace; readonly update?: Pace },
  ) {
    this.#client = client;
    this.#channel = channelId;
    this.#token = token;
    this.pace = pace;
  }

  open(card: IssueCard, call: SinkCall): Promise<SinkReply> {
    return this.#post(issueMessage(card, call), call.signal);
  }

  update(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply> {
    return this.#change(ref, issueMessage(card, call), call.signal);
  }

  close(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply> {
    return this.update(card, ref, call);
  }

  notify(card: NotificationCard, call: SinkCall): Promise<SinkReply> {
    return this.#post(notificationMessage(card, call), call.signal);
  }

  summarise(card: StormCard, ref: RemoteRef | null, call: SinkCall): Promise<SinkReply> {
    const message = stormMessage(card, call);
    return ref === null ? this.#post(message, call.signal) : this.#change(ref, message, call.signal);
  }

  async recover(since: Date, call: SinkCall): Promise<Recovery> {
    const auth = await this.#client.call('auth.test', {}, call.signal);
    if (!auth.ok) return this.#searchFailed(auth.failure);
    const scopes = auth.scopes ?? [];
    if (!HISTORY_SCOPES.some((scope) => scopes.includes(scope))) return { kind: 'unable' };
    const channel = await findChannelId(this.#client, this.#channel, scopes, call.signal);
    if ('failure' in channel) return this.#searchFailed(channel.failure);
    if (typeof channel.found !== 'string') return { kind: 'unable' };
    const oldest = new Date(since.getTime() - CLOCK_SKEW_MS);
    const message = await findMessage(this.#client, channel.found, oldest, call);
    if ('failure' in message) return this.#searchFailed(message.failure);
    if (message.found === undefined) return { kind: 'unable' };
    return message.found === null
      ? { kind: 'absent' }
      : { kind: 'found', ref: { channel: channel.found, ts: message.found, as: this.#channel } };
  }

  test({ signal }: Pick<SinkCall, 'signal'>): Promise<TestReport> {
    return probe(this.#client, this.#channel, signal).then((report) => this.#withoutToken(report));
  }

  async #post(message: SlackMessage, signal: AbortSignal): Promise<SinkReply> {
    return calledAs(await this.#write(POST, { channel: this.#channel }, message, signal), this.#channel);
  }

  async #change(ref: RemoteRef, message: SlackMessage, signal: AbortSignal): Promise<SinkReply> {
    const { channel, ts, as } = ref;
    if (channel === undefined || ts === undefined) return { outcome: NOWHERE };
    const reply = await this.#write(UPDATE, { channel, ts }, message, signal);
    const { outcome } = reply;
    // That the old channel is gone says nothing against the one it is pointed at now.
    if (outcome.kind === 'gone' && isElsewhere(ref, this.#channel))
      return { ...reply, outcome: { ...outcome, what: 'message' } };
    return calledAs(reply, as);
  }

  async #write(write: Write, target: object, message: SlackMessage, signal: AbortSignal): Promise<SinkReply> {
    const reply = await this.#send(write, { ...target, ...message }, signal);
    const { outcome } = reply;
    const tooMuch = outcome.kind === 'rejected' && lookUpCode(outcome.code)?.codeClass === 'payload';
    return tooMuch ? this.#send(write, { ...target, ...shrink(message, outcome.code) }, signal) : reply;
  }

  async #send(
    write: Write,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<SinkReply> {
    const answer = await this.#client.call(write.method, args, signal);
    const { trace } = answer.ok ? answer : answer.failure;
    const outcome = answer.ok ? this.#delivered(answer, write) : classify(answer.failure, write);
    const reply = this.#reply(outcome, trace);
    return trace.sent === false ? reply : { ...reply, ...requestRecord(write.method, args) };
  }

  #delivered(answer: SlackAnswer & { ok: true }, write: Write): Outcome {
    const written = writtenMessage.safeParse(answer.body);
    if (!written.success) return unreadable(write);
    return { kind: 'delivered', ref: { channel: written.data.channel, ts: written.data.ts } };
  }

  #reply(outcome: Outcome, trace: CallTrace): SinkReply {
    const answer = answerOf(trace, this.#token);
    return this.#withoutToken({
      outcome,
      ...(trace.status === undefined ? {} : { httpStatus: trace.status }),
      ...(answer === undefined || answer === '' ? {} : { answer }),
    });
  }

  #searchFailed(failure: SlackFailure): Recovery {
    const outcome = classify(failure, { idempotent: true });
    if ('code' in outcome && MAY_NOT_SEARCH.has(outcome.code)) return { kind: 'unable' };
    return { kind: 'failed', reply: this.#reply(outcome, failure.trace) };
  }

  #withoutToken<Result>(result: Result): Result {
    return withoutSecrets(result, { token: this.#token });
  }
}
