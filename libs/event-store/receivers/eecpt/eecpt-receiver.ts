import type { Point } from '../../line-protocol/index.js';
import { LineListener } from '../http/line-listener.js';
import type { Receiver, ReceiverParts } from '../receiver.js';
import type { EecptSettings } from './eecpt.schema.js';
import type { TaskValue } from './phase-detector.js';
import { PhaseWatch } from './phase-watch.js';
import { taskValueOf } from './task-value.js';

/** Takes lines as an `http` receiver does, and watches the metric of jobs among them. */
export class EecptReceiver implements Receiver {
  private readonly listener: LineListener;
  private readonly watch: PhaseWatch;

  constructor(
    private readonly settings: EecptSettings,
    private readonly parts: ReceiverParts,
  ) {
    this.watch = new PhaseWatch(settings, parts);
    this.listener = new LineListener(settings, parts, (body, cluster) => this.store(body, cluster));
  }

  get port(): number {
    return this.listener.port;
  }

  async start(): Promise<void> {
    await this.listener.start();
    this.watch.start();
  }

  async stop(): Promise<void> {
    await this.listener.stop();
    await this.watch.stop();
  }

  private async store(body: Buffer, cluster: string | undefined): Promise<void> {
    const values: TaskValue[] = [];
    const process = (point: Point): Point | undefined => {
      const result = this.parts.process ? this.parts.process(point) : point;
      if (result?.series.name === this.settings.analysis_metric) {
        const value = taskValueOf(result, cluster);
        if (value) values.push(value);
      }
      return result;
    };
    await this.parts.intake.write(body, { cluster, process });
    // Only now: a body that is refused comes again, and its values would count twice.
    this.watch.take(values);
  }
}
