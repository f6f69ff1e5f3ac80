import type { Failure } from '../domain/index.js';

/** Whom a call was for, in the words of a finding. */
export interface CalledService {
  /** For people: `OpsGenie`. */
  readonly label: string;
  /** By which the operator puts another base URL in the vendor's place: `OPSGENIE_API_URL`. */
  readonly apiUrlSetting: string;
}

const UNREACHABLE = new Set(
  'ENOTFOUND EAI_AGAIN EAI_FAIL ECONNREFUSED EHOSTUNREACH ENETUNREACH EADDRNOTAVAIL UND_ERR_CONNECT_TIMEOUT'.split(
    ' ',
  ),
);
const TLS_FAILURE = /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The error's chain of causes, outermost first. */
function causes(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  for (let cause = error; isRecord(cause) && chain.length < 5; cause = cause['cause']) chain.push(cause);
  return chain;
}

/** Why no complete answer came. Pure; says nothing of what the error's texts say, for they may hold anything. */
export function networkFailure(error: unknown, { label }: CalledService): Failure {
  const chain = causes(error);
  const codes = chain.flatMap((cause) => (typeof cause['code'] === 'string' ? [cause['code']] : []));
  const unreachable = codes.find((code) => UNREACHABLE.has(code));
  if (unreachable !== undefined) {
    const reason = `${label} cannot be reached (${unreachable}): check the network, DNS and any proxy.`;
    return { code: unreachable.toLowerCase(), reason };
  }
  if (codes.some((code) => TLS_FAILURE.test(code))) {
    const reason = `No secure connection to ${label} can be made: check certificates and any proxy.`;
    return { code: 'tls_failed', reason };
  }
  if (chain.some(({ name }) => name === 'TimeoutError' || name === 'AbortError')) {
    return { code: 'timed_out', reason: `${label} gave no complete answer in time: try again later.` };
  }
  return {
    code: 'connection_lost',
    reason: `The connection to ${label} ended before there was a complete answer: try again later.`,
  };
}

/** An answer that is none of the vendor's: a proxy's page, or another service's. */
export const unreadableAnswer = ({ label, apiUrlSetting }: CalledService): Failure => ({
  code: 'unreadable_answer',
  reason: `The answer is not one of ${label}'s: check ${apiUrlSetting} and any proxy in between.`,
});

/** A redirect, which is never followed: it would carry the credential elsewhere. */
export const redirected = ({ label, apiUrlSetting }: CalledService): Failure => ({
  code: 'redirected',
  reason: `A redirect came in place of an answer of ${label}'s: check ${apiUrlSetting} and any proxy.`,
});
