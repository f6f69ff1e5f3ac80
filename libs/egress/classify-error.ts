import { EgressFailure } from './egress-failure.js';

const TLS_CODE =
  /^(EPROTO|ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE|ERROR_IN_CERT)/;
const UNREACHABLE = [
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EINVAL',
];
const BROKEN_OFF = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'];

const WRONG_SCHEME = /wrong version number|packet length too long|http request|unknown protocol/i;

/** Node's error as one of our codes and a sentence. Nothing of the error's own text is passed on. */
export function classifyError(error: unknown, target: URL): EgressFailure {
  if (error instanceof EgressFailure) return error;
  const host = target.host;
  const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return new EgressFailure('dns', `The name ${target.hostname} cannot be resolved (${code}).`);
  }
  if (code === 'ECONNREFUSED') {
    return new EgressFailure('refused', `${host} refused the connection: nothing listens there.`);
  }
  if (UNREACHABLE.includes(code)) {
    return new EgressFailure(
      'refused',
      `${host} cannot be reached: there is no way to its network (${code}).`,
    );
  }
  if (code === 'ETIMEDOUT')
    return new EgressFailure('timeout', `${host} did not accept the connection in time.`);
  if (TLS_CODE.test(code)) return tlsFailure(host, code, message);
  if (BROKEN_OFF.includes(code)) {
    const hint = target.protocol === 'https:' ? ' Does it speak TLS on this port?' : ' Does it want https?';
    return new EgressFailure(
      'reset',
      `${host} broke the connection off before its answer was complete.${hint}`,
    );
  }
  return new EgressFailure(
    'protocol',
    `${host} answered with something that is no HTTP/1.1${code ? ` (${code})` : ''}.`,
  );
}

function tlsFailure(host: string, code: string, message: string): EgressFailure {
  if (WRONG_SCHEME.test(message) || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new EgressFailure('tls', `${host} does not speak TLS; should its address begin with http://?`);
  }
  const why: Record<string, string> = {
    CERT_HAS_EXPIRED: 'it has expired',
    CERT_NOT_YET_VALID: 'it is not valid yet',
    ERR_TLS_CERT_ALTNAME_INVALID: 'it was issued for another name; set the servername that it was issued for',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed; give the certificate itself as the CA certificate',
    SELF_SIGNED_CERT_IN_CHAIN: 'its authority is unknown; give the CA certificate of the cluster',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is unknown; give the CA certificate of the cluster',
    UNABLE_TO_GET_ISSUER_CERT: 'its authority is unknown; give the CA certificate of the cluster',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown; give the CA certificate of the cluster',
    CERT_SIGNATURE_FAILURE: 'it was signed by another authority than the given CA certificate',
  };
  const reason = why[code];
  if (reason !== undefined)
    return new EgressFailure('tls', `The certificate of ${host} is not accepted: ${reason} (${code}).`);
  return new EgressFailure('tls', `No secure connection to ${host} could be made (${code}).`);
}
