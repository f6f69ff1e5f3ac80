import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import type { StandInAnswer, StandInRequest } from '../../../apps/sandbox/stand-in/index.js';
import { MARK } from './numbered-lines.js';

/** What one call brought: numbers of one node's lines, in their order. */
export interface LandedBatch {
  readonly node: string;
  readonly numbers: readonly number[];
  /** Its place among the stand-in's calls. */
  readonly call: number;
}

/** AWS's stand-in, which keeps of numbered lines only their numbers: there may be millions. */
export class LandedLines extends CloudWatchStandIn {
  readonly batches: LandedBatch[] = [];
  /** What came where it does not belong. */
  readonly strange: string[] = [];
  landed = 0;

  protected override answer(request: StandInRequest): StandInAnswer {
    const answer = super.answer(request);
    for (const stream of this.logs.streams()) {
      for (const { events } of stream.batches.splice(0)) {
        const found = events.map(({ message }) => MARK.exec(message));
        const node = stream.name.slice(stream.name.lastIndexOf('/') + 1);
        for (const [index, match] of found.entries())
          if (match?.[1] !== node) this.strange.push(`${stream.name}: ${events[index]!.message}`);
        this.batches.push({
          node,
          numbers: found.map((match) => Number(match?.[2])),
          call: this.calls.length,
        });
        this.landed += events.length;
      }
    }
    return answer;
  }

  /** Whether the call's answer did not say that it was taken. */
  isDoubtful({ call }: LandedBatch): boolean {
    return this.calls[call]!.fault !== undefined;
  }
}
