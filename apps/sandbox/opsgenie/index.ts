/**
 * A stand-in for OpsGenie and JSM Operations: keys, alerts and as much of the Alert API as Spillway uses, over HTTP on
 * the loopback interface.
 *
 * Tests, benches and the sandbox's program depend on it; it depends on nothing of ours.
 * It leaves to others: who calls it, and what should have come of it.
 */
export type { OpsGenieAlert } from './alert.js';
export type { AccessRight, OpsGenieKey } from './keys.js';
export { OpsGenieStandIn } from './opsgenie-stand-in.js';
