import { eecptReceiver } from './eecpt/index.js';
import { httpReceiver } from './http/index.js';
import { natsReceiver } from './nats/index.js';
import type { ReceiverKind } from './receiver.js';

/** A kind of receivers that the original's configuration knows, and that cannot be run here. */
export interface RefusedKind {
  readonly type: string;
  /** Why, in a sentence that says what to do. */
  readonly refusal: string;
}

/** Every kind of receivers: the one list. */
export const RECEIVER_KINDS: readonly ReceiverKind[] = [httpReceiver, natsReceiver, eecptReceiver];

/** They would not even work in the original: it does not register them. */
export const REFUSED_KINDS: readonly RefusedKind[] = ['prometheus', 'ipmi', 'redfish'].map((type) => ({
  type,
  refusal: `a receiver of type "${type}" delivers metrics only, which an event store does not keep: use cc-metric-collector for them.`,
}));

/** The kind of that `type`; undefined when nobody knows it. A kind that cannot be run has a `refusal`. */
export const findReceiverKind = (type: string): ReceiverKind | RefusedKind | undefined =>
  [...RECEIVER_KINDS, ...REFUSED_KINDS].find((kind) => kind.type === type);
