/** One of AWS's services as it is on the wire (AWS SDK for JavaScript 3.1162 and 3.1169, seen 2026-11-20). */
export interface Service {
  /** In the scope of a signature. */
  readonly name: string;
  /** Before the dot of `X-Amz-Target`; empty for one of the Query protocol. */
  readonly target: string;
  readonly contentType: string;
  readonly errors: 'json' | 'json-with-query-names' | 'xml';
  readonly unknownKey: string;
  readonly badSignature: string;
  readonly expiredToken: string;
  readonly accessDenied: string;
  /** Of a refusal of who calls, in contrast to what is asked. */
  readonly credentialStatus: number;
}

export const LOGS: Service = {
  name: 'logs',
  target: 'Logs_20140328',
  contentType: 'application/x-amz-json-1.1',
  errors: 'json',
  unknownKey: 'UnrecognizedClientException',
  badSignature: 'InvalidSignatureException',
  expiredToken: 'ExpiredTokenException',
  accessDenied: 'AccessDeniedException',
  credentialStatus: 400,
};
export const METRICS: Service = {
  name: 'monitoring',
  target: 'GraniteServiceVersion20100801',
  contentType: 'application/x-amz-json-1.0',
  errors: 'json-with-query-names',
  unknownKey: 'InvalidClientTokenId',
  badSignature: 'SignatureDoesNotMatch',
  expiredToken: 'ExpiredTokenException',
  accessDenied: 'AccessDeniedException',
  credentialStatus: 403,
};
/** Still the Query protocol: a form comes in, XML goes out. */
export const STS: Service = {
  name: 'sts',
  target: '',
  contentType: 'application/x-www-form-urlencoded',
  errors: 'xml',
  unknownKey: 'InvalidClientTokenId',
  badSignature: 'SignatureDoesNotMatch',
  expiredToken: 'ExpiredToken',
  accessDenied: 'AccessDenied',
  credentialStatus: 403,
};
