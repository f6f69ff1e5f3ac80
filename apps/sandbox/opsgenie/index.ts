/**
 * A stand-in for OpsGenie: keys, and as much of the Alert API as Spillway uses, over HTTP on the loopback interface.
 *
 * Tests and the sandbox's program depend on it; it depends on nothing of ours.
 * It leaves to others: who calls it, and what should have come of it.
 */
export { OpsGenieStandIn, type AccessRight, type OpsGenieKey } from './opsgenie-stand-in.js';
