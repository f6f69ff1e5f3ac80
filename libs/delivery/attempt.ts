import { newId } from '../domain/index.js';
import { AttemptEntity } from '../persistence/index.js';
import type { Claim } from './claim.js';
import { DRIFTS_AT_MOST } from './settle-read-back.js';
import type { CallResult } from './sink-caller.js';

/** The sink has the request and has not judged it yet. */
const ACCEPTED = 'accepted';
/** What had been closed was found open. */
const REOPENED = 'reopened';

/** Codes that say something of a call that went as it should. */
export const isNoError = (code: string): boolean => code === ACCEPTED || code === REOPENED;

/** What is kept of a call. When the delivery is due next is filled in as it is recorded. */
export function attemptOf(claim: Claim, result: CallResult): AttemptEntity {
  const { delivery, state } = claim;
  return Object.assign(new AttemptEntity(), {
    id: newId(result.startedAt),
    deliveryId: delivery.id,
    integrationId: delivery.integrationId,
    action: state.call?.action ?? 'open',
    seq: state.call?.shows.seq ?? 0,
    outcome: result.outcome.kind,
    ...explained(claim, result),
    httpStatus: result.httpStatus ?? null,
    requestDigest: result.requestDigest ?? null,
    requestShape: result.requestShape ?? null,
    answer: result.answer ?? null,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
  });
}

/** Why a call did not do what was asked, or what it found; nulls when there is nothing to say. */
export function explained(
  { state }: Claim,
  { outcome, state: found }: CallResult,
): { readonly code: string | null; readonly reason: string | null } {
  if (found === 'open') return { code: REOPENED, reason: reopened(state.mirror.drifts + 1) };
  return 'code' in outcome ? { code: outcome.code, reason: outcome.reason } : { code: null, reason: null };
}

const reopened = (times: number): string =>
  times > DRIFTS_AT_MOST
    ? `It was found open again ${times} times after it had been closed, and is left open: somebody wants it so.`
    : 'It was found open after it had been closed, and is closed again.';
