import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../../libs/testing/index.js';
import type { SeededRandom } from './seeded-random.js';
import type { World } from './world.js';

const SEVERITIES = ['info', 'warning', 'critical'] as const;
const ANSWER_PATIENCE_MS = 5_000;

/** The story of one issue, told by an external detector that repeats each event until the hub has accepted it. */
export class Reporter {
  /** Events that the hub said it had accepted; it may have taken more, whose answer was lost. */
  accepted = 0;

  constructor(
    private readonly world: World,
    private readonly random: SeededRandom,
    readonly key: string,
  ) {}

  async tell(updates: number, pauseMs: number): Promise<void> {
    let severity: (typeof SEVERITIES)[number] = 'warning';
    for (let event = 0; event <= updates; event += 1) {
      await this.report('open', severity, `${this.key} is bad, event ${event}.`);
      await pause(this.random.between(0, 2 * pauseMs));
      if (event % 2 === 1) severity = this.random.pick(SEVERITIES);
    }
    await this.report('closed', severity, `${this.key} is well again.`);
  }

  private async report(event: 'open' | 'closed', severity: string, message: string): Promise<void> {
    let hadNoAnswer = false;
    await waitUntil(
      async () => {
        const { status } = await this.send({ key: this.key, event, kind: 'backup', severity, message });
        // What is closed cannot be closed again: the try before got through, only its answer was lost.
        if (event === 'closed' && status === 404 && hadNoAnswer) return true;
        if (status >= 400 && status < 500) throw new Error(`${this.key} was refused with ${status}`);
        hadNoAnswer ||= status !== 202;
        return status === 202;
      },
      { what: `${this.key} to be accepted`, timeoutMs: 60_000, intervalMs: 100 },
    );
    this.accepted += 1;
  }

  /** Status of the answer; 0 when there was none. */
  private async send(body: object): Promise<{ status: number }> {
    const { client, path } = this.world.project;
    const signal = AbortSignal.timeout(ANSWER_PATIENCE_MS);
    return client.request('POST', `/hub/v1/${path}/issues/events`, body, signal).catch(() => ({ status: 0 }));
  }
}
