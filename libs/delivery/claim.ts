import type { DeliveryEntity, IntegrationEntity } from '../persistence/index.js';
import type { DeliveryState } from './delivery-state.js';
import type { Subject } from './subject.js';

/** A call that was begun and now has to be made, by nobody but the holder of this claim. */
export interface Claim {
  readonly delivery: DeliveryEntity;
  readonly integration: IntegrationEntity;
  readonly subject: Subject;
  /** With `call` set: what was written down before the call. */
  readonly state: DeliveryState;
  readonly possibleDuplicate: boolean;
  readonly leaseToken: string;
}
