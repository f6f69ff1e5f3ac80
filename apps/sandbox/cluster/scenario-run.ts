import type { ClusterControls } from './cluster-controls.js';
import type { Scenario, Step } from './scenario.js';

export interface RunOptions {
  /** So many times faster than written. */
  readonly speed: number;
  /** Called with what each step says. */
  readonly onSaid?: (text: string) => void;
}

/** How far a scenario has come. */
export interface Progress {
  readonly name: string;
  readonly what: string;
  readonly raises: readonly string[];
  readonly status: 'running' | 'done' | 'stopped' | 'failed';
  readonly speed: number;
  readonly stepsDone: number;
  readonly steps: number;
  /** What was said at last. */
  readonly said: string | null;
  /** Until the next step; null when there is none. */
  readonly nextInMs: number | null;
  /** Why it failed; null otherwise. */
  readonly error: string | null;
}

/** A scenario that is played at a cluster. It makes the cluster well first, and leaves it as its last step does. */
export class ScenarioRun {
  /** Resolves when it has come to an end, whichever; never rejects. */
  readonly ended: Promise<void>;
  #status: Progress['status'] = 'running';
  #stepsDone = 0;
  #said: string | null = null;
  #error: string | null = null;
  #nextAtMs: number | null = null;
  readonly #stop = new AbortController();

  constructor(
    private readonly cluster: ClusterControls,
    private readonly scenario: Scenario,
    private readonly options: RunOptions,
  ) {
    this.ended = this.#play();
  }

  /** Nothing more happens; what has happened stays. */
  stop(): void {
    this.#stop.abort();
    if (this.#status === 'running') this.#status = 'stopped';
  }

  get progress(): Progress {
    const { name, what, raises, steps } = this.scenario;
    const isRunning = this.#status === 'running' && this.#nextAtMs !== null;
    return {
      name,
      what,
      raises,
      status: this.#status,
      speed: this.options.speed,
      stepsDone: this.#stepsDone,
      steps: steps.length,
      said: this.#said,
      nextInMs: isRunning ? Math.max(0, Math.round(this.#nextAtMs! - performance.now())) : null,
      error: this.#error,
    };
  }

  async #play(): Promise<void> {
    try {
      await this.cluster.reset();
      this.#nextAtMs = performance.now();
      for (const step of this.scenario.steps) {
        this.#nextAtMs += step.afterMs / this.options.speed;
        await this.#until(this.#nextAtMs);
        if (this.#status !== 'running') return;
        await this.#take(step);
        this.#stepsDone += 1;
      }
      this.#status = 'done';
    } catch (error) {
      this.#status = 'failed';
      const where = this.#nextAtMs === null ? '' : `steps[${this.#stepsDone}]: `;
      this.#error = `${where}${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async #take(step: Step): Promise<void> {
    await step.do?.command.run(this.cluster, step.do.input, this.options.speed);
    if (step.say === undefined) return;
    this.#said = step.say;
    this.options.onSaid?.(step.say);
  }

  /** Until that moment, or the stop. */
  #until(atMs: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(resolve, Math.max(0, atMs - performance.now()));
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
