import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome, RemoteRef } from '../../domain/index.js';
import type { ReadBack, SinkReply } from '../sink.js';
import { classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import type { OpsGenieLine } from './ops-genie.line.js';
import type { NoteBody } from './ops-genie.notes.js';
import { alertState, requestStatus } from './ops-genie.schema.js';
import { isNotProcessed, saysNoAlert } from './ops-genie.verdict.js';

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

  /** By its alias only an open alert is found. Where alerts cannot be read, one more close tells. */
  async read(alias: string, ref: RemoteRef, closing: NoteBody, signal: AbortSignal): Promise<ReadBack> {
    if (!this.#line.client.service.readsAlerts) return this.#byClosing(alias, ref, closing, signal);
    let mayRead = true;
    const path = `/v2/alerts/${encodeURIComponent(alias)}?identifierType=alias`;
    const read = await this.#look({ call: 'GET /v2/alerts/{alias}', path }, ref, signal, (answer) => {
      mayRead = answer.status !== 403;
      if (answer.status === 404 && answer.isOpsGenies) return 'closed';
      if (answer.status !== 200) return this.#refusal(answer);
      return alertState.safeParse(answer.json).data?.data.status ?? this.#refusal(answer);
    });
    return mayRead ? read : this.#byClosing(alias, ref, closing, signal);
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
        return answer.status === 404 && saysNoAlert(answer.message) ? 'closed' : this.#refusal(answer);
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
    const data = answer.status === 200 ? requestStatus.safeParse(answer.json).data?.data : undefined;
    const isSuccess = data?.isSuccess ?? data?.success;
    if (data === undefined || isSuccess === undefined) return this.#refusal(answer);
    if (saysNoAlert(data.status)) return 'closed';
    return isSuccess ? 'open' : 'unknown';
  }

  #refusal(answer: OpsGenieAnswer): Outcome {
    return classifyQuestion(answer, this.#line.client.service);
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
