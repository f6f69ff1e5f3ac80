import type { Outcome } from '../../domain/index.js';
import { networkFailure, redirected, unreadableAnswer } from '../network-failure.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';

/** Wait after a 429 that does not say how long. */
export const DEFAULT_WAIT_MS = 60_000;
/** No hint is believed beyond this. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1_000;

const OPSGENIE = { label: 'OpsGenie', apiUrlSetting: 'OPSGENIE_API_URL' } as const;

/** What each status means to the key (https://docs.opsgenie.com/docs/response, read 2026-11-20). */
const REFUSED_KEY: Readonly<Record<number, string>> = {
  401: 'OpsGenie does not know the API key, or its integration is turned off: check both in OpsGenie. Keys of the EU have another host.',
  402: "The account's OpsGenie plan does not include this: ask its owner.",
  403: 'OpsGenie knows the API key, but it may not do this: enter the key of an API integration with the access rights Read and Create and Update.',
};

const waitMs = (periodSeconds: number | undefined): number =>
  periodSeconds === undefined ? DEFAULT_WAIT_MS : Math.min(periodSeconds * 1_000, MAX_WAIT_MS);

/**
 * What an answer that is no success means. Pure; says nothing of what the answer's texts say, for they may hold anything.
 */
export function classifyAnswer({ status, code, isOpsGenies, periodSeconds }: OpsGenieAnswer): Outcome {
  const named = `http_${status}${code === undefined ? '' : `_${code}`}`;
  if (status === 429) {
    const reason = 'OpsGenie asks us to slow down.';
    return { kind: 'throttled', code: named, reason, waitMs: waitMs(periodSeconds) };
  }
  if (status >= 500) {
    const reason = `OpsGenie is in trouble (HTTP ${status}): try again later.`;
    return { kind: 'transient', code: named, reason };
  }
  if (status >= 300 && status < 400) return { kind: 'transient', ...redirected(OPSGENIE) };
  if (!isOpsGenies) return { kind: 'transient', ...unreadableAnswer(OPSGENIE) };
  const refused = REFUSED_KEY[status];
  if (refused !== undefined) return { kind: 'unauthorized', code: named, reason: refused };
  const reason = `OpsGenie refuses the request with HTTP ${status}: see its documentation.`;
  return { kind: 'rejected', code: named, reason };
}

/** Why there is no answer. The call was one that only asks, so it may always be made again. */
export const classifyFailure = (error: unknown): Outcome => ({
  kind: 'transient',
  ...networkFailure(error, OPSGENIE),
});
