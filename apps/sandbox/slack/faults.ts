/**
 * What goes wrong with one request. `landed` says whether the request takes effect all the same (default: it does not),
 * so that a lost answer and a lost request can be told apart by their end state.
 */
export type SlackFault =
  /** HTTP 429; without `retryAfter` there is no hint, and a text is sent as it is. */
  | { readonly kind: 'rate-limit'; readonly retryAfter?: number | string }
  /** An answer with this status, e.g. 503. */
  | { readonly kind: 'http'; readonly status: number; readonly body?: string; readonly landed?: boolean }
  /** HTTP 200 with `{"ok":false,"error":code}`; `more` adds members such as `needed`. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly more?: Readonly<Record<string, unknown>>;
      readonly landed?: boolean;
    }
  /** The connection is cut before a byte of the answer. */
  | { readonly kind: 'drop'; readonly landed?: boolean }
  /** Headers and half of the body come, then nothing more. */
  | { readonly kind: 'stall-body'; readonly landed?: boolean }
  /** The answer comes late; without `delayMs` never. */
  | { readonly kind: 'slow-headers'; readonly delayMs?: number; readonly landed?: boolean }
  /** HTTP 200 with a proxy's HTML page, which shows the request's headers as some do. */
  | { readonly kind: 'html'; readonly landed?: boolean }
  /** HTTP 200 without a body. */
  | { readonly kind: 'empty'; readonly landed?: boolean }
  /** HTTP 200 with this body. */
  | { readonly kind: 'body'; readonly body: string; readonly landed?: boolean }
  /** HTTP 302. */
  | { readonly kind: 'redirect'; readonly location: string };

export const FAULT_KINDS: readonly SlackFault['kind'][] = [
  'rate-limit',
  'http',
  'error',
  'drop',
  'stall-body',
  'slow-headers',
  'html',
  'empty',
  'body',
  'redirect',
];

interface PlannedFault {
  readonly method: string;
  readonly fault: SlackFault;
  timesLeft: number;
}

/** The script of what goes wrong next. */
export class FaultScript {
  #planned: PlannedFault[] = [];

  /** The next `times` requests of this method (`*`: of any) meet the fault. Faults are used up in the order they were planned. */
  next(method: string, fault: SlackFault, times = 1): void {
    this.#planned.push({ method, fault, timesLeft: times });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.#planned = [];
  }

  /** How many faults are still to come. */
  get pending(): number {
    return this.#planned.reduce((sum, item) => sum + item.timesLeft, 0);
  }

  /** The fault that this request meets, used up by asking. */
  take(method: string): SlackFault | undefined {
    const planned = this.#planned.find((item) => item.method === '*' || item.method === method);
    if (!planned) return undefined;
    planned.timesLeft -= 1;
    if (planned.timesLeft <= 0) this.#planned = this.#planned.filter((item) => item !== planned);
    return planned.fault;
  }
}
