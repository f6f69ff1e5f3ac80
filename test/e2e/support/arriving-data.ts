import { CloudWatchStandIn, type MetricDatum } from '../../../apps/sandbox/cloudwatch/index.js';
import type { StandInAnswer, StandInRequest } from '../../../apps/sandbox/stand-in/index.js';

/** What one call brought into a namespace. */
export interface Arrival {
  readonly namespace: string;
  readonly data: readonly MetricDatum[];
}

/** AWS's stand-in, which remembers which data came together. */
export class ArrivingData extends CloudWatchStandIn {
  readonly arrivals: Arrival[] = [];

  arrivalsIn(namespace: string): readonly Arrival[] {
    return this.arrivals.filter((arrival) => arrival.namespace === namespace);
  }

  protected override answer(request: StandInRequest): StandInAnswer {
    const before = new Map(this.metrics.namespaces().map(({ name, count }) => [name, count]));
    const answer = super.answer(request);
    for (const { name, count, data } of this.metrics.namespaces()) {
      const known = before.get(name) ?? 0;
      if (count > known) this.arrivals.push({ namespace: name, data: data.slice(known) });
    }
    return answer;
  }
}

/** Its dimensions as an object. */
export const dimensionsOf = ({ Dimensions = [] }: MetricDatum): Record<string, string> =>
  Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));

/** What tells it from every other datum. */
export const identityOf = ({ MetricName, Dimensions, Timestamp }: MetricDatum): string =>
  JSON.stringify([MetricName, Dimensions, Timestamp]);
