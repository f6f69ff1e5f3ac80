import { createHmac } from 'node:crypto';
import type { Outcome } from '../../domain/index.js';
import { requestRecord } from '../request-record.js';
import type { SinkEnvironment, SinkReply } from '../sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { keptAnswer } from './ops-genie.answer.js';
import { classifyFailure, waitMs } from './ops-genie.classify.js';
import type { OpsGenieAnswer, OpsGenieClient } from './ops-genie.client.js';
import type { CallNature } from './ops-genie.refusals.js';

/** One request: what it is called in the record, where it goes, and its body when it has one. */
export interface OpsGenieRequest {
  readonly call: string;
  readonly path: string;
  readonly body?: object;
}

/** Shortest period that OpsGenie's limits count in, for a warning without a hint (https://docs.opsgenie.com/docs/api-rate-limiting, read 2026-11-20). */
const SHORTEST_PERIOD_SECONDS = 1;

/** Stored with what was sent: must never change. */
const DIGEST_LABEL = 'spillway opsGenie key';
const DIGEST_CHARS = 12;

/** Sends requests one by one, keeps what may be recorded of each, and keeps still as long as OpsGenie asks for it. */
export class OpsGenieLine {
  readonly client: OpsGenieClient;
  /** Tells keys apart and gives none away. */
  readonly keyDigest: string;
  readonly #secrets: { readonly apiKey: string };
  readonly #clock: SinkEnvironment['clock'];
  #stillUntilMs = 0;

  constructor(client: OpsGenieClient, apiKey: string, clock: SinkEnvironment['clock']) {
    this.client = client;
    this.#secrets = { apiKey };
    this.keyDigest = createHmac('sha256', apiKey).update(DIGEST_LABEL).digest('hex').slice(0, DIGEST_CHARS);
    this.#clock = clock;
  }

  /** `judge` says what an answer means. Never throws for what becomes of the request; the key is in nothing it gives. */
  async send(
    request: OpsGenieRequest,
    signal: AbortSignal,
    judge: (answer: OpsGenieAnswer) => Outcome,
  ): Promise<SinkReply> {
    const { call, path, body } = request;
    const nature: CallNature = body ? 'changes' : 'asks';
    const still = this.#still();
    if (still) return { outcome: still };
    const result = await (body ? this.client.post(path, body, signal) : this.client.get(path, signal));
    if ('error' in result) {
      const outcome = classifyFailure(result, this.client.service, nature);
      return this.withoutKey({ outcome, ...(result.begun ? requestRecord(call, body ?? {}) : {}) });
    }
    const { answer } = result;
    this.#listen(answer);
    const said = keptAnswer(answer, this.#secrets);
    return this.withoutKey({
      outcome: judge(answer),
      httpStatus: answer.status,
      ...requestRecord(call, body ?? {}),
      ...(said === '' ? {} : { answer: said }),
    });
  }

  withoutKey<Result>(result: Result): Result {
    return withoutSecrets(result, this.#secrets);
  }

  /** A call that is taken may say that the next one comes too early: what it was taken for stands, the next one waits. */
  #listen({ status, isThrottled, periodSeconds }: OpsGenieAnswer): void {
    if (!isThrottled || status === 429) return;
    const stillMs = waitMs(periodSeconds ?? SHORTEST_PERIOD_SECONDS);
    this.#stillUntilMs = Math.max(this.#stillUntilMs, this.#clock.now().getTime() + stillMs);
  }

  #still(): Outcome | undefined {
    const leftMs = this.#stillUntilMs - this.#clock.now().getTime();
    if (leftMs <= 0) return undefined;
    const reason = `${this.client.service.label} has said that it is asked too often.`;
    return { kind: 'throttled', code: 'rate_limit_reached', reason, waitMs: leftMs };
  }
}
