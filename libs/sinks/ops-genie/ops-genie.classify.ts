import type { Outcome } from '../../domain/index.js';
import {
  insecure,
  networkFailure,
  redirected,
  unreachable,
  unreadableAnswer,
  type CalledService,
} from '../network-failure.js';
import type { OpsGenieAnswer, OpsGenieFailure } from './ops-genie.client.js';
import { noEndpoint, refusedContent, refusedKey, type CallNature } from './ops-genie.refusals.js';
import type { OpsGenieService } from './ops-genie.service.js';

/** Wait after a 429 that does not say how long. */
export const DEFAULT_WAIT_MS = 60_000;
/** No hint is believed beyond this: OpsGenie's limits count in seconds and minutes. */
const MAX_WAIT_MS = 60 * 60 * 1_000;

/** Refusals of what a request holds; any other may pass (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
const REFUSES_CONTENT: ReadonlySet<number> = new Set([400, 413, 422]);
const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 410]);

export const waitMs = (periodSeconds: number | undefined): number =>
  periodSeconds === undefined ? DEFAULT_WAIT_MS : Math.min(periodSeconds * 1_000, MAX_WAIT_MS);

/**
 * What an answer means that is not the one hoped for. Pure; of the answer's texts it repeats only which members OpsGenie
 * refuses, for the others may hold anything.
 */
export function classifyAnswer(
  answer: OpsGenieAnswer,
  service: OpsGenieService,
  nature: CallNature = 'asks',
): Outcome {
  const { status, periodSeconds } = answer;
  const { label } = service;
  const code = `http_${status}${answer.code === undefined ? '' : `_${answer.code}`}`;
  if (status === 429)
    return {
      kind: 'throttled',
      code,
      reason: `${label} asks us to slow down.`,
      waitMs: waitMs(periodSeconds),
    };
  if (status >= 500 || status === 408) return inTrouble(code, status, label, nature);
  if (status >= 300 && status < 400) return { kind: 'transient', ...redirected(service) };
  // A success that says nothing of ours may be one all the same.
  if (status < 300)
    return { kind: nature === 'asks' ? 'transient' : 'ambiguous', ...unreadableAnswer(service) };
  return classifyRefusal(answer, code, service, nature);
}

/** Whoever was in trouble may have taken the request before. */
function inTrouble(code: string, status: number, label: string, nature: CallNature): Outcome {
  const trouble = `${label} is in trouble (HTTP ${status})`;
  if (nature === 'asks') return { kind: 'transient', code, reason: `${trouble}: try again later.` };
  return { kind: 'ambiguous', code, reason: `${trouble}: the request may have been taken or not.` };
}

/** Who refuses decides what it is worth: a key is believed to be bad by anybody who says so in JSON, an item only by the vendor. */
function classifyRefusal(
  answer: OpsGenieAnswer,
  code: string,
  service: OpsGenieService,
  nature: CallNature,
): Outcome {
  const { status, form } = answer;
  if (form === 'foreign') return { kind: 'transient', ...unreadableAnswer(service) };
  const refused = refusedKey(answer, code, service.label, nature);
  if (refused) return refused;
  if (nature === 'creates' && NO_ENDPOINT.has(status)) return noEndpoint(code, answer, service);
  // JSM Operations has a gateway of its own in front; in front of OpsGenie there is only somebody's proxy.
  if (form === 'gateway' && service.target !== 'jsm')
    return { kind: 'transient', ...unreadableAnswer(service) };
  if (REFUSES_CONTENT.has(status)) return refusedContent(code, answer, service);
  const reason =
    status === 404
      ? `${service.label} does not know what it is asked for: check settings.target and ${service.apiUrlSetting}.`
      : `${service.label} does not do this now (HTTP ${status}): try again later.`;
  return { kind: 'transient', code, reason };
}

/** As `classifyAnswer`, of what cannot be refused for good: what it is about is not judged by that. */
export function classifyQuestion(
  answer: OpsGenieAnswer,
  service: OpsGenieService,
  nature: 'asks' | 'changes' = 'asks',
): Outcome {
  const outcome = classifyAnswer(answer, service, nature);
  return outcome.kind === 'rejected' ? { ...outcome, kind: 'transient' } : outcome;
}

/** Why there is no complete answer. What only asks, or surely did not get there, may simply be made again. */
export function classifyFailure(
  { error, begun }: OpsGenieFailure,
  service: CalledService,
  nature: CallNature = 'asks',
): Outcome {
  const failure = networkFailure(error, service);
  const never = !begun || unreachable(error, service) || insecure(error, service);
  if (never || nature === 'asks') return { kind: 'transient', ...failure };
  const { code } = failure;
  const reason = `The request was sent to ${service.label}, but no complete answer came back: it may have been taken or not.`;
  return { kind: 'ambiguous', code, reason };
}
