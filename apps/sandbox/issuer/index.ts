/**
 * A stand-in for an OpenID Connect issuer, for tests and for trying SPILLWAY_OIDC_ISSUER without an account anywhere.
 * It shares no code with what it tests.
 */
export { IssuerStandIn } from './issuer-stand-in.js';
