import type { NamedCluster } from '../../../persistence/index.js';
import type { FieldValue } from '../../line-protocol/index.js';
import type { EventLine } from '../../write/cluster-lines.js';

/** A longer payload is not read: reading it, and writing parts of it for every rule, would keep others waiting. */
export const MAX_JSON_CHARACTERS = 1_048_576;

/** An event as rules look at it. */
export interface JudgedEvent {
  readonly name: string;
  /** As the sender named it. */
  readonly cluster: string;
  /** The registered one that is meant; undefined when it is only a name. */
  readonly registered: NamedCluster | undefined;
  /** For people. */
  readonly clusterName: string;
  readonly hostname: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, FieldValue>;
  readonly timeMs: number;
  readonly payload: string;
  /** The payload read as JSON, once; undefined when it is none, or longer than `MAX_JSON_CHARACTERS`. */
  json(): unknown;
}

export function judgedEvent(
  { point, payload, node }: EventLine,
  cluster: string,
  registered: NamedCluster | undefined,
): JudgedEvent {
  let read: { readonly value: unknown } | undefined;
  return {
    name: point.series.name,
    cluster,
    registered,
    clusterName: registered?.name ?? cluster,
    hostname: node,
    tags: point.series.tags,
    fields: point.fields,
    timeMs: point.timeMs,
    payload,
    json: () => (read ??= { value: parsed(payload) }).value,
  };
}

function parsed(text: string): unknown {
  if (text.length > MAX_JSON_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
