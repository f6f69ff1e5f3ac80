import { forEachReadablePoint, type Point } from '../../../libs/event-store/line-protocol/index.js';
import { clusterInPayload } from '../../../libs/event-store/record/index.js';
import type { Filter } from '../arguments/query-arguments.js';
import type { Datum } from '../http/query-client.js';

const OWN_TAGS: ReadonlySet<string> = new Set(['hostname', 'type', 'type-id', 'stype', 'stype-id']);

/** The messages of a NATS message that a filter wants, as a query would answer them. Lines that cannot be read are left out. */
export function receivedData(body: Buffer, subject: string, filter: Filter, nowMs: number): readonly Datum[] {
  const data: Datum[] = [];
  forEachReadablePoint(body, { nowMs }, (point) => {
    const datum = datumOf(point, filter.kind);
    if (datum !== undefined && isWanted(point, datum, subject, filter)) data.push(datum);
    return undefined;
  });
  return data;
}

function datumOf({ series, fields, timeMs }: Point, kind: Filter['kind']): Datum | undefined {
  const payload = fields.get(kind);
  // A message with both is an event.
  if (typeof payload !== 'string' || (kind === 'log' && typeof fields.get('event') === 'string'))
    return undefined;
  const { tags } = series;
  const host = tags.get('hostname') ?? tags.get('host');
  const own = [...tags].filter(([key]) => OWN_TAGS.has(key) && key !== 'hostname');
  const others = [...tags].filter(([key]) => !OWN_TAGS.has(key));
  const values = [...fields].filter(([key]) => key !== kind);
  return {
    ...(kind === 'event' ? { Event: payload } : { Log: payload }),
    timestamp: Math.floor(timeMs / 1_000),
    name: series.name,
    ...(host === undefined ? {} : { hostname: host }),
    ...Object.fromEntries(own),
    ...(others.length === 0 ? {} : { tags: Object.fromEntries(others) }),
    ...(values.length === 0
      ? {}
      : {
          fields: Object.fromEntries(
            values.map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
          ),
        }),
    time: new Date(timeMs).toISOString(),
  };
}

function isWanted({ series }: Point, datum: Datum, subject: string, filter: Filter): boolean {
  const matches = (wanted: string | undefined, is: string | undefined): boolean =>
    wanted === undefined || wanted === is;
  return (
    matches(filter.cluster, series.tags.get('cluster') ?? clusterOf(subject, datum)) &&
    matches(filter.name, datum.name) &&
    matches(filter.host, datum.hostname) &&
    matches(filter.type, datum.type) &&
    matches(filter.typeId, datum['type-id']) &&
    matches(filter.stype, datum.stype) &&
    matches(filter.stypeId, datum['stype-id'])
  );
}

/** As the event store has it: the first of several tokens of the subject, or what the payload says. */
const clusterOf = (subject: string, { Event, Log }: Datum): string | undefined =>
  subject.includes('.') ? subject.slice(0, subject.indexOf('.')) : clusterInPayload(Event ?? Log ?? '');
