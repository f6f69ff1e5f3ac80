import type { FieldValue, Objection, Point, Series } from '../line-protocol/index.js';
import { clusterInPayload, clusterNameProblem } from './cluster-name.js';
import type { EventRecord } from './event-record.js';
import { objectText } from './object-text.js';
import { storable } from './storable-text.js';
import { otherKindOf, payloadOf, type OtherKind } from './point-kind.js';

/** Where the cluster of a line comes from that names none: the first that is there. */
export interface ClusterDefaults {
  /** Of the request, or of a receiver's configuration. */
  readonly cluster?: string | undefined;
  /** First token of a NATS subject. */
  readonly subjectCluster?: string | undefined;
}

/** Everything of a record that a series says. */
type Origin = Pick<EventRecord, 'name' | 'hostname' | 'type' | 'typeId' | 'stype' | 'stypeId' | 'tags'> & {
  readonly cluster: string | undefined;
  /** Why nothing can be stored of it. */
  readonly problem: string | undefined;
};

export const NO_CLUSTER = 'the line names no cluster: give it a tag `cluster`, or the request a parameter';

const MAX_NAME_CHARACTERS = 255;
/** Of an event or a log line, in UTF-16 units: a page of an answer has many. */
const MAX_PAYLOAD_CHARACTERS = 1_048_576;
/** Short lines take more memory and time than their bytes say, and nobody else is served meanwhile. */
const MAX_RECORDS = 200_000;
/** Tags with columns of their own. Telegraf says `host` for `hostname`. */
const OWN_TAGS: ReadonlySet<string> = new Set([
  'cluster',
  'hostname',
  'type',
  'type-id',
  'stype',
  'stype-id',
]);

/** Makes records of points, and counts those that are none. Called for every line: nothing in it waits. */
export class RecordSorter {
  readonly records: EventRecord[] = [];
  readonly others: Record<OtherKind, number> = { metric: 0, control: 0, other: 0 };
  private readonly known = new Map<Series, Origin>();

  private readonly defaultCluster: string | undefined;
  private readonly defaultProblem: string | undefined;

  constructor({ cluster, subjectCluster }: ClusterDefaults) {
    this.defaultCluster = cluster ?? subjectCluster;
    this.defaultProblem =
      this.defaultCluster === undefined ? undefined : clusterNameProblem(this.defaultCluster);
  }

  take(point: Point): Objection {
    const payload = payloadOf(point);
    if (!payload) {
      this.others[otherKindOf(point)] += 1;
      return undefined;
    }
    if (this.records.length === MAX_RECORDS) return `there are more than ${MAX_RECORDS} events and log lines`;
    if (payload.text.length > MAX_PAYLOAD_CHARACTERS)
      return `the text of the ${payload.kind} has more than ${MAX_PAYLOAD_CHARACTERS} characters`;
    const origin = this.originOf(point.series);
    if (origin.problem !== undefined) return origin.problem;
    const cluster = this.clusterOf(origin, payload.text);
    if (typeof cluster !== 'string') return cluster.problem;
    const { name, hostname, type, typeId, stype, stypeId, tags } = origin;
    this.records.push({
      kind: payload.kind,
      cluster,
      name,
      hostname,
      type,
      typeId,
      stype,
      stypeId,
      tags,
      fields: point.fields.size > 1 ? otherFields(point.fields, payload.kind) : null,
      timeMs: Math.trunc(point.timeMs),
      payload: storable(payload.text),
    });
    return undefined;
  }

  private clusterOf({ cluster }: Origin, payload: string): string | { readonly problem: string } {
    if (cluster !== undefined) return cluster;
    if (this.defaultProblem !== undefined) return { problem: this.defaultProblem };
    if (this.defaultCluster !== undefined) return this.defaultCluster;
    const said = clusterInPayload(payload);
    if (said === undefined) return { problem: NO_CLUSTER };
    const problem = clusterNameProblem(said);
    return problem === undefined ? said : { problem };
  }

  private originOf(series: Series): Origin {
    const present = this.known.get(series);
    if (present) return present;
    const made = readOrigin(series);
    this.known.set(series, made);
    return made;
  }
}

function readOrigin({ name, tags }: Series): Origin {
  const cluster = tags.get('cluster');
  const hostname = tags.get('hostname') ?? tags.get('host') ?? '';
  const isOwn = (key: string): boolean => OWN_TAGS.has(key) || (key === 'host' && !tags.has('hostname'));
  const others = [...tags].filter(([key]) => !isOwn(key)).sort(([one], [other]) => (one < other ? -1 : 1));
  const own = {
    name,
    hostname,
    type: tags.get('type') ?? null,
    typeId: tags.get('type-id') ?? null,
    stype: tags.get('stype') ?? null,
    stypeId: tags.get('stype-id') ?? null,
  };
  const isLong = Object.values(own).some((text) => (text?.length ?? 0) > MAX_NAME_CHARACTERS);
  return {
    ...own,
    cluster,
    tags: others.length === 0 ? null : objectText(others),
    problem:
      (cluster === undefined ? undefined : clusterNameProblem(cluster)) ??
      (isLong
        ? `the name, the hostname, a type or an id has more than ${MAX_NAME_CHARACTERS} characters`
        : undefined),
  };
}

const otherFields = (fields: ReadonlyMap<string, FieldValue>, own: string): string =>
  objectText([...fields].filter(([key]) => key !== own));
