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
import { fitLine } from './ops-genie.text.js';

/** Wait after a 429 that does not say how long. */
export const DEFAULT_WAIT_MS = 60_000;
/** No hint is believed beyond this. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1_000;
const MAX_NAMED_CHARS = 300;

/** What each status means to the key (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
const REFUSED_KEY: Readonly<Record<number, (label: string) => string>> = {
  401: (label) =>
    `${label} does not know the API key, or its integration is turned off: check both there. Keys of OpsGenie's EU service and of JSM Operations need another settings.target.`,
  402: (label) => `The account's plan of ${label} does not include this: ask its owner.`,
  403: (label) =>
    `${label} knows the API key, but it may not do this: enter the key of an API integration with the access rights Read and Create and Update.`,
};
/** Missing rights by what needs them, in the words of OpsGenie's form. */
const MISSING_RIGHT = { asks: 'Read', writes: 'Create and Update' } as const;

/** Whether a call only asks, or changes something; a right is named accordingly. Everything that changes has a key or does no harm twice. */
export type CallNature = keyof typeof MISSING_RIGHT;

export const waitMs = (periodSeconds: number | undefined): number =>
  periodSeconds === undefined ? DEFAULT_WAIT_MS : Math.min(periodSeconds * 1_000, MAX_WAIT_MS);

/** `priority should be one of […]`: which members OpsGenie refuses, in its own words; empty when it does not say. */
function refusedMembers({ errors }: OpsGenieAnswer): string {
  const named = Object.entries(errors ?? {}).map(
    ([name, said]) => `${name} ${typeof said === 'string' ? said : 'is refused'}`,
  );
  return fitLine(named.join('; '), MAX_NAMED_CHARS);
}

function unauthorized(
  answer: OpsGenieAnswer,
  code: string,
  label: string,
  nature: CallNature,
): Outcome | undefined {
  const reason = REFUSED_KEY[answer.status]?.(label);
  if (reason === undefined) return undefined;
  if (answer.code !== 40_301) return { kind: 'unauthorized', code, reason };
  const right = MISSING_RIGHT[nature];
  return {
    kind: 'unauthorized',
    code,
    reason: `The API key lacks the access right ${right}: give it to the key's integration in ${label}.`,
  };
}

/**
 * What an answer means that is not the one hoped for. Pure; of the answer's texts it repeats only which members OpsGenie
 * refuses, for the others may hold anything.
 */
export function classifyAnswer(
  answer: OpsGenieAnswer,
  service: CalledService,
  nature: CallNature = 'asks',
): Outcome {
  const { status, isOpsGenies, periodSeconds } = answer;
  const { label } = service;
  const code = `http_${status}${answer.code === undefined ? '' : `_${answer.code}`}`;
  if (status === 429)
    return {
      kind: 'throttled',
      code,
      reason: `${label} asks us to slow down.`,
      waitMs: waitMs(periodSeconds),
    };
  if (status >= 500 || status === 408)
    return { kind: 'transient', code, reason: `${label} is in trouble (HTTP ${status}): try again later.` };
  if (status >= 300 && status < 400) return { kind: 'transient', ...redirected(service) };
  // A success that says nothing of ours may be one all the same.
  if (status < 300)
    return { kind: nature === 'asks' ? 'transient' : 'ambiguous', ...unreadableAnswer(service) };
  if (!isOpsGenies) return { kind: 'transient', ...unreadableAnswer(service) };
  const members = refusedMembers(answer);
  const named = members === '' ? 'see its documentation' : members;
  return (
    unauthorized(answer, code, label, nature) ?? {
      kind: 'rejected',
      code,
      reason: `${label} refuses the request with HTTP ${status}: ${named}.`,
    }
  );
}

/** As `classifyAnswer`, of a question that cannot be refused for good: what it is about is not judged by that. */
export function classifyQuestion(answer: OpsGenieAnswer, service: CalledService): Outcome {
  const outcome = classifyAnswer(answer, service);
  if (outcome.kind !== 'rejected') return outcome;
  return answer.status === 404
    ? { kind: 'transient', code: 'http_404', reason: `${service.label} does not know what it is asked for.` }
    : { ...outcome, kind: 'transient' };
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
