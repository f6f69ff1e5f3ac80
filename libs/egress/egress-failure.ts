/** Every way in which a request can fail to bring back an answer. Stable; metrics and observations carry these. */
export const EGRESS_FAILURE_CODES = [
  'dns',
  'refused',
  'timeout',
  'tls',
  'reset',
  'address-denied',
  'body-too-large',
  'redirect',
  'bad-url',
  'protocol',
] as const;
export type EgressFailureCode = (typeof EGRESS_FAILURE_CODES)[number];

/**
 * There is no answer. `code` is for machines; `message` is a sentence that names host and port and says what went
 * wrong. Holds no credential, no path and nothing of the body; the underlying error is left out on purpose.
 */
export class EgressFailure extends Error {
  constructor(
    readonly code: EgressFailureCode,
    message: string,
  ) {
    super(message);
    this.name = 'EgressFailure';
  }
}
