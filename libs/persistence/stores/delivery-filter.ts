import type { UnitEnd } from '../entities/index.js';

/** Where a delivery is: how its last units ended, or that some are owed still. */
export type DeliveryOutcome = 'inFlight' | 'parked' | Exclude<UnitEnd, 'coalesced'>;

/** A row of a list by time of creation. */
export interface RowCursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** Which deliveries of an integration are wanted; what is absent does not restrict. */
export interface DeliveryFilter {
  readonly outcome?: DeliveryOutcome | undefined;
  readonly issueId?: string | undefined;
  readonly notificationId?: string | undefined;
  /** Of an issue. */
  readonly kind?: string | undefined;
  /** Made then or later, and before `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Whether `delivery` is parked, or the summary of the storm is that shows it. */
export const IS_PARKED = `CASE WHEN delivery.parked OR delivery.storm_id IS NULL THEN delivery.parked
  ELSE COALESCE((SELECT storm.parked FROM deliveries storm WHERE storm.id = delivery.storm_id), false) END`;
/** Where `delivery` is. */
export const OUTCOME = `CASE WHEN delivery.settled_seq < delivery.accepted_seq
  THEN CASE WHEN ${IS_PARKED} THEN 'parked' ELSE 'inFlight' END
  ELSE delivery.last_end END`;

/** What follows from an outcome and has an index. */
const NARROWED: Readonly<Record<DeliveryOutcome, string>> = {
  inFlight: 'delivery.owed_since IS NOT NULL AND ',
  parked: 'delivery.owed_since IS NOT NULL AND ',
  rejected: '(delivery.rejected > 0 OR delivery.expired > 0) AND ',
  expired: '(delivery.rejected > 0 OR delivery.expired > 0) AND ',
  delivered: '',
  suppressed: '',
};

/** Collects the conditions of one statement and numbers their parameters. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly texts: string[] = [];

  /** `text` holds a `?` for each value. When one of them is undefined nothing is asked. */
  add(text: string, ...values: readonly unknown[]): this {
    if (values.includes(undefined)) return this;
    let next = 0;
    this.texts.push(text.replaceAll('?', () => this.number(values[next++])));
    return this;
  }

  /** The place of one more parameter: `$3`. */
  number(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  toString(): string {
    return this.texts.join(' AND ');
  }
}

/** Adds the conditions of a filter on `delivery` and its `issue`. */
export function filtered(conditions: Conditions, filter: DeliveryFilter): Conditions {
  const { outcome, issueId, notificationId, kind, since, until } = filter;
  return conditions
    .add(`${outcome ? NARROWED[outcome] : ''}${OUTCOME} = ?`, outcome)
    .add(`delivery.subject_type = 'issue' AND delivery.subject_id = ?`, issueId)
    .add(`delivery.subject_type = 'notification' AND delivery.subject_id = ?`, notificationId)
    .add('issue.kind = ?', kind)
    .add('delivery.created_at >= ?', since)
    .add('delivery.created_at < ?', until);
}
