import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../../libs/observability/logging/index.js';
import { bodyOf, linesOf } from './compress.js';
import { retryDelayMs, type Patience } from './retry-delay.js';
import type { Verdict } from './verdict.js';

/** Whatever takes a body: the hub. */
export interface Receiver {
  send(body: Buffer, stop: AbortSignal): Promise<Verdict>;
}

export interface Delivery {
  /** What was not sent for want of patience: nothing, all of it, or a body with the rest. */
  readonly left: 'nothing' | 'all' | Buffer;
  /** Lines that the hub refuses, each by itself. */
  readonly refused: number;
}

interface CourierOptions {
  readonly hub: Receiver;
  readonly logger: Logger;
  readonly patience: Patience;
  readonly random: () => number;
  /** Ends all waiting. */
  readonly stopping: AbortSignal;
  /** Ends even a request that is under way. */
  readonly killed: AbortSignal;
}

/** A body without a line: what refuses this, too, has nothing against any line. */
const NOTHING = bodyOf(['# spillway-agent asks whether anything is taken\n']);
const REPEATED_AFTER_MS = 10 * 60_000;

/** Brings batches to the hub, one request at a time, and knows for how long it has been away. */
export class Courier {
  #failures = 0;
  #failingSince: number | undefined;
  /** When the next request may go, whatever batch it has. */
  #notBefore = 0;
  #said: { reason: string; at: number } | undefined;

  constructor(private readonly options: CourierOptions) {}

  /** For how long nothing has been taken; 0 while all is well. */
  get failingForMs(): number {
    return this.#failingSince === undefined ? 0 : performance.now() - this.#failingSince;
  }

  /** Sends a batch until it is taken, the hub has been away for `patienceMs`, or the agent stops. */
  async deliver(body: Buffer, patienceMs: number): Promise<Delivery> {
    const parts = [body];
    const deadline = performance.now() + patienceMs;
    let refused = 0;
    while (parts[0] !== undefined) {
      if (!(await this.#mayGo(deadline))) return { left: leftOf(parts, body), refused };
      const verdict = await this.#sendPart(parts[0]);
      if (verdict.kind === 'taken') parts.shift();
      else if (verdict.kind === 'refused') {
        const halves = halvesOf(parts[0]);
        if (halves === undefined) this.#tellOfRefusal(verdict.reason);
        if (halves === undefined) refused += 1;
        parts.splice(0, 1, ...(halves ?? []));
      } else this.#notBefore = performance.now() + this.#delayMs(verdict);
      if (this.options.stopping.aborted && parts.length > 0) return { left: leftOf(parts, body), refused };
    }
    return { left: 'nothing', refused };
  }

  /** A single line is dropped only by a hub that takes something else in between: it may mean the request, not the line. */
  async #sendPart(part: Buffer): Promise<Verdict> {
    const { hub, killed } = this.options;
    let verdict = await hub.send(part, killed);
    if (verdict.kind === 'refused' && halvesOf(part) === undefined) {
      const probe = await hub.send(NOTHING, killed);
      verdict =
        probe.kind === 'refused'
          ? { kind: 'unwelcome', reason: `The hub takes nothing at all: ${probe.reason}` }
          : probe.kind === 'taken'
            ? await hub.send(part, killed)
            : probe;
    }
    this.#note(verdict);
    return verdict;
  }

  #note(verdict: Verdict): void {
    if (verdict.kind === 'taken' || verdict.kind === 'refused') {
      if (this.#said !== undefined)
        this.options.logger.info({ event: 'hub.reached', afterMs: Math.round(this.failingForMs) });
      this.#failures = 0;
      this.#failingSince = undefined;
      this.#said = undefined;
      return;
    }
    this.#failures += 1;
    this.#failingSince ??= performance.now();
    const { reason, kind } = verdict;
    if (this.#said?.reason === reason && performance.now() - this.#said.at < REPEATED_AFTER_MS) return;
    this.#said = { reason, at: performance.now() };
    const event = kind === 'unwelcome' ? 'hub.unwelcoming' : 'hub.unreachable';
    this.options.logger[kind === 'unwelcome' ? 'error' : 'warn']({ event, reason });
  }

  #tellOfRefusal(reason: string): void {
    this.options.logger.warn({ event: 'line.refused', reason });
  }

  /** Waits until the next try is due; false when patience ends before it, or the agent stops. */
  async #mayGo(deadline: number): Promise<boolean> {
    const now = performance.now();
    const dueMs = this.#notBefore - now;
    if (dueMs <= 0) return true;
    const isPatient = this.#notBefore <= deadline;
    const waitMs = isPatient ? dueMs : Math.max(0, deadline - now);
    return pause(waitMs, isPatient, { signal: this.options.stopping }).catch(() => false);
  }

  #delayMs(verdict: Verdict): number {
    const { patience, random } = this.options;
    if (verdict.kind === 'unwelcome') return patience.slowMs;
    const askedMs = verdict.kind === 'away' ? (verdict.retryAfterMs ?? 0) : 0;
    return Math.max(askedMs, retryDelayMs(this.#failures, patience, random));
  }
}

function halvesOf(part: Buffer): readonly Buffer[] | undefined {
  const lines = linesOf(part);
  if (lines.length < 2) return undefined;
  const middle = Math.ceil(lines.length / 2);
  return [bodyOf(lines.slice(0, middle)), bodyOf(lines.slice(middle))];
}

function leftOf(parts: readonly Buffer[], body: Buffer): Delivery['left'] {
  if (parts.length === 0) return 'nothing';
  if (parts[0] === body) return 'all';
  const lines: string[] = [];
  for (const part of parts) lines.push(...linesOf(part));
  return bodyOf(lines);
}
