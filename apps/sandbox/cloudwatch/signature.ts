import { createHmac, hash as sha256 } from 'node:crypto';
import type { StandInRequest } from '../stand-in/index.js';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, read 2026-11-20. */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Who signed a request, and for what. */
export interface Signed {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Undefined for a request that is not signed in the `Authorization` header. */
export function readSignature({ headers }: StandInRequest): Signed | undefined {
  const parts = AUTHORIZATION.exec(headers.authorization ?? '');
  if (!parts) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] = parts;
  return { accessKeyId, day, region, service, signedHeaders: names.split(';'), signature };
}

const hash = (content: string | Buffer): string => sha256('sha256', content, 'hex');
const hmac = (key: string | Buffer, content: string): Buffer =>
  createHmac('sha256', key).update(content).digest();

/** When it was signed, from `X-Amz-Date`; NaN without one. */
export function signedAt({ headers }: StandInRequest): number {
  const text = String(headers['x-amz-date']);
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Whether this secret made the signature over this very request. */
export function isSignedWith(secretAccessKey: string, request: StandInRequest, signed: Signed): boolean {
  const { method, url, headers, body } = request;
  const { day, region, service, signedHeaders } = signed;
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, url.pathname, '', canonicalHeaders, signedHeaders.join(';'), hash(body)];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical.join('\n'))].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signed.signature;
}
