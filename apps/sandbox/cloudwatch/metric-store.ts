import type { StreamPlace } from './log-store.js';

/** As it came, except that its numbers are known to be some. */
export interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  /** In seconds since 1970, with a fraction. */
  readonly Timestamp?: number;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: Readonly<Record<'SampleCount' | 'Sum' | 'Minimum' | 'Maximum', number>>;
  readonly Unit?: string;
  readonly StorageResolution?: number;
}

/** What was taken into one namespace of one account. */
export interface MetricNamespace {
  readonly place: StreamPlace;
  readonly name: string;
  count: number;
  /** In the order in which they were taken. */
  readonly data: MetricDatum[];
}

type Refuses = (datum: MetricDatum, namespace: string) => boolean;

/** All custom metrics of all accounts. */
export class MetricStore {
  keepData = true;
  #namespaces = new Map<string, MetricNamespace>();
  #refuses: Refuses | undefined;

  /** The account refuses such data for a reason of its own, with the whole call that they come in; `undefined` ends it. */
  refuse(refuses: Refuses | undefined): void {
    this.#refuses = refuses;
  }

  isRefused(datum: MetricDatum, namespace: string): boolean {
    return this.#refuses?.(datum, namespace) ?? false;
  }

  accept(place: StreamPlace, name: string, data: readonly MetricDatum[]): void {
    const key = [place.accountId, place.region, name].join('\n');
    const namespace = this.#namespaces.get(key) ?? { place, name, count: 0, data: [] };
    this.#namespaces.set(key, namespace);
    namespace.count += data.length;
    if (this.keepData) for (const datum of data) namespace.data.push(datum);
  }

  namespaces(place: Partial<StreamPlace> = {}): MetricNamespace[] {
    return [...this.#namespaces.values()]
      .filter(({ place: { region } }) => place.region === undefined || place.region === region)
      .filter(({ place: { accountId } }) => place.accountId === undefined || place.accountId === accountId)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** What was accepted, in that order. */
  data(namespace: string, place: Partial<StreamPlace> = {}): MetricDatum[] {
    return this.namespaces(place).flatMap(({ name, data }) => (name === namespace ? data : []));
  }

  clear(): void {
    this.#namespaces.clear();
    this.#refuses = undefined;
    this.keepData = true;
  }
}
