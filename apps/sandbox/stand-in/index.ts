/**
 * What the stand-ins over plain HTTP have in common: server, faults, record of calls, control endpoints.
 *
 * Only stand-ins depend on it; it depends on nothing of ours.
 * It leaves to others: what a vendor answers.
 */
export type { StandInAnswer } from './answers.js';
export type { Fault } from './faults.js';
export { HttpStandIn, type RecordedCall, type StandInRequest } from './http-stand-in.js';
