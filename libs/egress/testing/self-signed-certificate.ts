import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

const SEQUENCE = 0x30;
const DAY_MS = 86_400_000;

/**
 * A self-signed P-256 certificate for one DNS name, made on the spot, so that no private key and no date of expiry
 * lies in the repository. X.509 v3 by hand (RFC 5280): as little as TLS needs.
 */
export function selfSignedCertificate(dnsName: string, { validDays = 1 } = {}): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const commonName = der(SEQUENCE, oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(dnsName)));
  const name = der(SEQUENCE, der(0x31, commonName));
  const alternativeNames = der(SEQUENCE, der(0x82, Buffer.from(dnsName)));
  const extension = der(SEQUENCE, oid(0x55, 0x1d, 0x11), der(0x04, alternativeNames));
  const end = Date.now() + validDays * DAY_MS;
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    der(SEQUENCE, time(end - 30 * DAY_MS), time(end)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(der(SEQUENCE, body, algorithm, signature)),
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
