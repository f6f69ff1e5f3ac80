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

/** The script of what goes wrong next. */
export class FaultScript {
  #planned: PlannedFault[] = [];

  /** The next `times` requests of this operation (`*`: of any) meet the fault. Faults are used up in the order they were planned. */
  next(operation: string, fault: Fault, times = 1): void {
    this.#planned.push({ operation, fault, timesLeft: times });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.#planned = [];
  }

  /** The fault that this request meets, used up by asking. */
  take(operation: string): Fault | undefined {
    const planned = this.#planned.find((item) => item.operation === '*' || item.operation === operation);
    if (!planned) return undefined;
    planned.timesLeft -= 1;
    if (planned.timesLeft <= 0) this.#planned = this.#planned.filter((item) => item !== planned);
    return planned.fault;
  }
}
