import type { Failure } from '../domain/index.js';
import { causes } from './error-causes.js';

/** Whom a call was for, in the words of a finding. */
export interface CalledService {
  /** For people: `OpsGenie`. */
  readonly label: string;
  /** By which the operator puts another base URL in the vendor's place: `OPSGENIE_API_URL`. */
  readonly apiUrlSetting: string;
}

/** Causes that Node names only for connections that never stood. */
const UNREACHABLE = new Set(
  'ENOTFOUND EAI_AGAIN EAI_FAIL ECONNREFUSED EHOSTUNREACH ENETUNREACH EADDRNOTAVAIL UND_ERR_CONNECT_TIMEOUT'.split(
    ' ',
  ),
);
/** The connection was cut, whatever the error calls itself: the AWS SDK makes time-outs of these. */
const CUT = new Set(['ECONNRESET', 'EPIPE']);
const TLS_FAILURE = /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

const codesOf = (error: unknown): string[] =>
  causes(error).flatMap(({ code }) => (typeof code === 'string' ? [code] : []));

/** Undefined unless the error says that no connection ever stood. */
export function unreachable(error: unknown, { label }: CalledService): Failure | undefined {
  const code = codesOf(error).find((one) => UNREACHABLE.has(one));
  if (code === undefined) return undefined;
  const reason = `${label} cannot be reached (${code}): check the network, DNS and any proxy.`;
  return { code: code.toLowerCase(), reason };
}

/** Undefined unless the error is one of TLS. */
export function insecure(error: unknown, { label }: CalledService): Failure | undefined {
  if (!codesOf(error).some((code) => TLS_FAILURE.test(code))) return undefined;
  const reason = `No secure connection to ${label} can be made: check certificates and any proxy.`;
  return { code: 'tls_failed', reason };
}

/** Why no complete answer came. Pure; says nothing of what the error's texts say, for they may hold anything. */
export function networkFailure(error: unknown, service: CalledService): Failure {
  const { label } = service;
  const failure = unreachable(error, service) ?? insecure(error, service);
  if (failure) return failure;
  const isCut = codesOf(error).some((code) => CUT.has(code));
  if (!isCut && causes(error).some(({ name }) => name === 'TimeoutError' || name === 'AbortError')) {
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
