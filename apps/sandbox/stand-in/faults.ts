/**
 * What goes wrong with one request. `landed` says whether the request takes effect all the same (default: it does not),
 * so that a lost answer and a lost request can be told apart by their end state.
 */
export type Fault =
  /** This answer in place of the vendor's; a text is sent as it is, anything else as JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly landed?: boolean;
    }
  /** The connection is cut before a byte of the answer. */
  | { readonly kind: 'drop'; readonly landed?: boolean }
  /** No answer at all, on a connection that stays. */
  | { readonly kind: 'hang'; readonly landed?: boolean }
  /** Headers and half of a body come, then nothing more. */
  | { readonly kind: 'stall-body'; readonly landed?: boolean }
  /** A proxy's HTML page, which shows the request's headers as some do. */
  | { readonly kind: 'html'; readonly status?: number; readonly landed?: boolean }
  /** HTTP 302. */
  | { readonly kind: 'redirect'; readonly location: string };

export const FAULT_KINDS: readonly Fault['kind'][] = [
  'answer',
  'drop',
  'hang',
  'stall-body',
  'html',
  'redirect',
];

/** Whether a request that meets this, or no fault at all, takes effect. */
export const takesEffect = (fault: Fault | undefined): boolean =>
  fault === undefined || ('landed' in fault && fault.landed);

interface PlannedFault {
  readonly operation: string;
  readonly fault: Fault;
  timesLeft: number;
}

/** How often a fault comes by itself. */
export interface Chance {
  /** From 0 to 1, for each request. */
  readonly probability: number;
  /** The same seed and the same requests meet the same faults. */
  readonly seed: number;
  /** It comes no more often than that. */
  readonly times: number;
}

interface ChanceFault {
  readonly operation: string;
  readonly fault: Fault;
  readonly probability: number;
  readonly draw: () => number;
  timesLeft: number;
}

/** Numbers from 0 to below 1 that follow from the seed (mulberry32): repeatable, and no secret. */
function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The script of what goes wrong next. */
export class FaultScript {
  #planned: PlannedFault[] = [];
  #chances: ChanceFault[] = [];

  /** The next `times` requests of this operation (`*`: of any) meet the fault. Faults are used up in the order they were planned. */
  next(operation: string, fault: Fault, times = 1): void {
    this.#planned.push({ operation, fault, timesLeft: times });
  }

  /** Requests of this operation (`*`: of any) that no planned fault waits for meet the fault with this probability. */
  sometimes(operation: string, fault: Fault, { probability, seed, times }: Chance): void {
    this.#chances.push({ operation, fault, probability, draw: drawFrom(seed), timesLeft: times });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.#planned = [];
    this.#chances = [];
  }

  /** The fault that this request meets, used up by asking. */
  take(operation: string): Fault | undefined {
    const planned = this.#planned.find((item) => item.operation === '*' || item.operation === operation);
    if (!planned) return this.#drawFor(operation);
    planned.timesLeft -= 1;
    if (planned.timesLeft <= 0) this.#planned = this.#planned.filter((item) => item !== planned);
    return planned.fault;
  }

  /** Those that were given first have their say first. */
  #drawFor(operation: string): Fault | undefined {
    const met = this.#chances
      .filter((item) => item.timesLeft > 0 && (item.operation === '*' || item.operation === operation))
      .find(({ probability, draw }) => draw() < probability);
    if (met) met.timesLeft -= 1;
    return met?.fault;
  }
}
