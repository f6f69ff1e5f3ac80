import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Why this is no bundle of certificates in PEM; `undefined` when it is one. Nothing else may stand beside them. */
export function certificateProblem(pem: string): string | undefined {
  const certificates = pem.match(CERTIFICATE);
  if (!certificates) return 'must be a certificate in PEM';
  if (/-----BEGIN/.test(pem.replace(CERTIFICATE, ''))) return 'must hold certificates only';
  try {
    const areReadable = certificates.every((certificate) => new X509Certificate(certificate).raw.length > 0);
    return areReadable ? undefined : 'must be a certificate in PEM';
  } catch {
    return 'must be a certificate in PEM';
  }
}
