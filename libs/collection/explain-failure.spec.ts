import { expect, it } from 'vitest';
import { EGRESS_FAILURE_CODES, EgressFailure, type EgressFailureCode } from '../egress/index.js';
import { explainFailure } from './explain-failure.js';

const NODE = new URL('https://n1.example.com:2113');
const explain = (code: EgressFailureCode, message: string): string =>
  explainFailure(new EgressFailure(code, message), '/gossip', NODE);

it.each<[EgressFailureCode, string, string]>([
  [
    'refused',
    'n1.example.com:2113 refused the connection: nothing listens there.',
    'Spillway cannot reach n1.example.com:2113: it refused the connection: nothing listens there.',
  ],
  [
    'dns',
    'The name n1.example.com cannot be resolved (ENOTFOUND).',
    'Spillway cannot reach n1.example.com:2113: the name n1.example.com cannot be resolved (ENOTFOUND).',
  ],
  [
    'tls',
    'The certificate of n1.example.com:2113 is not accepted: it has expired (CERT_HAS_EXPIRED).',
    'Spillway cannot reach n1.example.com:2113: the certificate of n1.example.com:2113 is not accepted: it has expired (CERT_HAS_EXPIRED).',
  ],
  [
    'address-denied',
    'n1.example.com points to a network that may not be contacted from here.',
    'Spillway cannot reach n1.example.com:2113: it points to a network that may not be contacted from here.',
  ],
  [
    'timeout',
    'n1.example.com:2113 did not answer within 5 s.',
    'Spillway asked n1.example.com:2113 for /gossip in vain: it did not answer within 5 s.',
  ],
  [
    'reset',
    'n1.example.com:2113 broke the connection off before its answer was complete.',
    'Spillway asked n1.example.com:2113 for /gossip in vain: it broke the connection off before its answer was complete.',
  ],
  [
    'redirect',
    'n1.example.com:2113 answered with a redirect (302); redirects are not followed.',
    'n1.example.com:2113 answered with a redirect (302); redirects are not followed.',
  ],
])('says that it was Spillway who asked, or what the node answered: %s', (code, message, expected) => {
  expect(explain(code, message)).toBe(expected);
});

it.each(EGRESS_FAILURE_CODES)('never says that nodes cannot reach each other: %s', (code) => {
  expect(explain(code, `${NODE.host} failed.`)).toMatch(
    /^(Spillway .*n1\.example\.com:2113.*: it|n1\.example\.com:2113) failed\.$/,
  );
});
