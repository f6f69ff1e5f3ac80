import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome, RemoteRef } from '../../domain/index.js';
import type { ReadBack, SinkReply } from '../sink.js';
import { classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import type { OpsGenieLine } from './ops-genie.line.js';
import type { NoteBody } from './ops-genie.notes.js';
import { alertState } from './ops-genie.schema.js';
import { isNotProcessed, knowsNoAlert, refusedLater, saysNoAlert, statusOf } from './ops-genie.verdict.js';

/** After so long each the status of the second close is asked for; a delivery's call may take 10 seconds. */
const ASK_AFTER_MS = [100, 250, 500, 1_000, 2_000, 3_000];

type State = NonNullable<ReadBack['state']>;
/** What an answer says: a state, nothing yet, or why it says nothing. */
type Look = State | 'unknown' | Outcome;

/** Reads the state of a closed alert. */
export class AlertReader {
  readonly #line: OpsGenieLine;

  constructor(line: OpsGenieLine) {
    this.#line = line;
  }

  /** By its alias only an open alert is found. Where alerts cannot be asked for, one more close tells. */
  async read(alias: string, ref: RemoteRef, closing: NoteBody, signal: AbortSignal): Promise<ReadBack> {
    if (!this.#line.client.service.readsAlerts) return this.#byClosing(alias, ref, closing, signal);
    const path = `/v2/alerts/${encodeURIComponent(alias)}?identifierType=alias`;
    return this.#look({ call: 'GET /v2/alerts/{alias}', path }, ref, signal, (answer) => {
      if (answer.status === 404 && answer.form === 'own') return 'closed';
      if (answer.status !== 200) return this.#refusal(answer);
      return alertState.safeParse(answer.json).data?.data.status ?? this.#refusal(answer);
    });
  }

  /** What was still open is closed by this; that it was is told all the same. */
  async #byClosing(alias: string, ref: RemoteRef, body: NoteBody, signal: AbortSignal): Promise<ReadBack> {
    let requestId: string | undefined;
    const path = `/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`;
    const closing = await this.#look(
      { call: 'POST /v2/alerts/{alias}/close', path, body },
      ref,
      signal,
      (answer) => {
        requestId = answer.status === 202 ? answer.requestId : undefined;
        if (requestId !== undefined) return 'unknown';
        return knowsNoAlert(answer) ? 'closed' : this.#refusal(answer, 'changes');
      },
    );
    if (requestId === undefined) return closing;
    return this.#follow(requestId, ref, signal, closing);
  }

  async #follow(requestId: string, ref: RemoteRef, signal: AbortSignal, begun: ReadBack): Promise<ReadBack> {
    let last = begun;
    const path = `/v2/alerts/requests/${encodeURIComponent(requestId)}`;
    for (const afterMs of ASK_AFTER_MS) {
      const isOver = await pause(afterMs, false, { signal }).catch(() => true);
      if (isOver) break;
      let isUnknown = false;
      last = await this.#look({ call: 'GET /v2/alerts/requests/{id}', path }, ref, signal, (answer) => {
        const found = this.#ofStatus(answer);
        isUnknown = found === 'unknown';
        return found;
      });
      if (!isUnknown) return last;
    }
    return last;
  }

  #ofStatus(answer: OpsGenieAnswer): Look {
    if (isNotProcessed(answer)) return 'unknown';
    const verdict = statusOf(answer);
    if (!verdict) return this.#refusal(answer);
    if (verdict.isSuccess) return 'open';
    if (saysNoAlert(verdict.said)) return 'closed';
    // It was refused for another reason, which says nothing of the alert.
    return { kind: 'transient', ...refusedLater('close', verdict.said, this.#line.client.service) };
  }

  #refusal(answer: OpsGenieAnswer, nature: 'asks' | 'changes' = 'asks'): Outcome {
    return classifyQuestion(answer, this.#line.client.service, nature);
  }

  async #look(
    request: Parameters<OpsGenieLine['send']>[0],
    ref: RemoteRef,
    signal: AbortSignal,
    read: (answer: OpsGenieAnswer) => Look,
  ): Promise<ReadBack> {
    let state: State | undefined;
    const reply: SinkReply = await this.#line.send(request, signal, (answer) => {
      const look = read(answer);
      if (look === 'unknown') return this.#noVerdict();
      if (typeof look !== 'string') return look;
      state = look;
      return { kind: 'delivered', ref };
    });
    // Reading may always be done again.
    if (reply.outcome.kind === 'ambiguous')
      return { ...reply, outcome: { ...reply.outcome, kind: 'transient' } };
    return state === undefined ? reply : { ...reply, state };
  }

  #noVerdict(): Outcome {
    const reason = `${this.#line.client.service.label} has not said yet whether the alert was open.`;
    return { kind: 'transient', code: 'no_verdict_yet', reason };
  }
}
