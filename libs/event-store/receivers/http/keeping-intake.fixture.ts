import { systemClock } from '../../../domain/index.js';
import { silentLogger } from '../../../observability/logging/index.js';
import { forEachPoint, LineProtocolError, type Point } from '../../line-protocol/index.js';
import type { LineOptions, PointProcessor, ReceiverIntake, ReceiverParts } from '../receiver.js';

/** An intake that keeps what it takes, reads bodies as the real one does, and fails as it is told. */
export class KeepingIntake implements ReceiverIntake {
  readonly bodies: { readonly text: string; readonly cluster: string | undefined }[] = [];
  readonly points: { readonly point: Point; readonly cluster: string | undefined }[] = [];
  /** Awaited before anything is kept; what it throws is the answer. */
  before: () => Promise<void> | void = () => undefined;

  async write(body: Buffer, options: LineOptions): Promise<void> {
    forEachPoint(body, { nowMs: Date.now() }, (point) => {
      options.process?.(point);
      return undefined;
    });
    await this.before();
    this.bodies.push({ text: body.toString(), cluster: options.cluster });
  }

  writeReadable(): Promise<readonly LineProtocolError[]> {
    throw new Error('No HTTP receiver leaves lines out');
  }

  async writePoints(points: readonly Point[], { cluster, process }: LineOptions): Promise<void> {
    await this.before();
    for (const one of points) {
      const point = process ? process(one) : one;
      if (point) this.points.push({ point, cluster });
    }
  }
}

export const partsOf = (intake: ReceiverIntake, process?: PointProcessor, name = 'r'): ReceiverParts => ({
  name,
  intake,
  process,
  logger: silentLogger,
  clock: systemClock,
});
