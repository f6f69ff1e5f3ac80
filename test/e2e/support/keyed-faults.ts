import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import type { Fault, StandInAnswer, StandInRequest } from '../../../apps/sandbox/stand-in/index.js';

/** How many calls a fault may meet that is to last. */
const EVERY = 1_000_000;

/** AWS's stand-in where one key's calls alone meet faults. */
export class KeyedFaults extends CloudWatchStandIn {
  #brokenKey: string | undefined;
  #isAnswering = false;

  /** Every further `PutLogEvents` with this key meets the fault. */
  breakFor(accessKeyId: string, fault: Fault): void {
    this.#brokenKey = accessKeyId;
    this.faults.next('PutLogEvents of the broken', fault, EVERY);
  }

  mend(): void {
    this.#brokenKey = undefined;
    this.faults.clear();
  }

  protected override operationOf(request: StandInRequest): string {
    const name = super.operationOf(request);
    const isBroken = !this.#isAnswering && this.credentialOf(request) === this.#brokenKey;
    return isBroken ? `${name} of the broken` : name;
  }

  protected override answer(request: StandInRequest): StandInAnswer {
    this.#isAnswering = true;
    try {
      return super.answer(request);
    } finally {
      this.#isAnswering = false;
    }
  }
}
