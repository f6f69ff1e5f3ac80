import { z } from 'zod';
import type { GossipAnswer, GossipMember } from '../detection/index.js';
import { todaysState } from './member-state.js';
import { figure, foreignText, isObject, readAnswer, reportedVersion } from './read-answer.js';

/** No cluster is near this size; more rows are nothing that we would store. */
const MAX_MEMBERS = 100;

/** What is spoilt of a row's names, or of what may be missing, makes that unknown; not the whole answer unreadable. */
const port = z.number().int().nonnegative().nullish().catch(null);
const hostName = foreignText.nullish().catch(null);

const member = z.object({
  state: z.string().regex(/^[A-Za-z]{1,40}$/),
  isAlive: z.boolean(),
  /** From 20.6. */
  httpEndPointIp: hostName,
  httpEndPointPort: port,
  isReadOnlyReplica: z.boolean().nullish().catch(null),
  /** Up to 5.x. */
  externalHttpIp: hostName,
  externalHttpPort: port,
  internalHttpIp: hostName,
  internalHttpPort: port,
  /** -1 is unknown. */
  writerCheckpoint: figure,
  epochNumber: figure,
  /** From 23.6. */
  esVersion: reportedVersion,
});
type Row = z.output<typeof member>;

/** A seed that was not yet matched to a node; it may linger for ever (kurrent-io/KurrentDB issues 4036 and 5436). */
const SEED_STATE = 'Manager';

/** Before they are read: whatever else a seed's row holds is of no node. */
const withoutSeeds = (rows: unknown): unknown =>
  Array.isArray(rows)
    ? rows.filter((row) => !isObject(row) || todaysState(String(row['state'])) !== SEED_STATE)
    : rows;

const gossip = z.object({
  members: z.preprocess(withoutSeeds, z.array(member).max(MAX_MEMBERS)),
  serverIp: hostName,
  serverPort: port,
});

/** Only such nodes are `ReadOnlyLeaderless`, `PreReadOnlyReplica` or `ReadOnlyReplica`. */
const READ_ONLY_STATE = /ReadOnly/;

/**
 * Reads `/gossip` of 3.x to 26.x. Rows of seeds are dropped. Whose answer it is follows from what the node calls itself
 * (`serverIp` and `serverPort`; up to 5.x that may be its internal address), from being alone, or at last from `askedAt`,
 * the `host:port` that was asked; else `self` is null. Throws `UnreadableAnswer`.
 */
export function parseGossip(body: string, askedAt?: string): GossipAnswer {
  const { members: rows, serverIp, serverPort } = readAnswer(body, gossip);
  const server = serverIp == null || serverPort == null ? undefined : endpointOf(serverIp, serverPort);
  const own = ownOf(rows, server, askedAt);
  return { members: rows.map(toMember), self: own === undefined ? null : advertisedOf(own) };
}

function ownOf(
  rows: readonly Row[],
  server: string | undefined,
  askedAt: string | undefined,
): Row | undefined {
  const only = (matches: readonly Row[]): Row | undefined => (matches.length === 1 ? matches[0] : undefined);
  const called = (name: string | undefined): Row | undefined =>
    only(rows.filter((row) => advertisedOf(row) === name));
  return (
    called(server) ??
    only(rows.filter((row) => endpointOf(row.internalHttpIp, row.internalHttpPort) === server)) ??
    only(rows) ??
    called(askedAt?.toLowerCase())
  );
}

function toMember(row: Row): GossipMember {
  return {
    endpoint: advertisedOf(row),
    state: todaysState(row.state),
    isAlive: row.isAlive,
    isReadOnlyReplica: row.isReadOnlyReplica === true || READ_ONLY_STATE.test(row.state),
    writerCheckpoint: row.writerCheckpoint,
    epochNumber: row.epochNumber,
    version: row.esVersion,
  };
}

const advertisedOf = (row: Row): string =>
  endpointOf(row.httpEndPointIp ?? row.externalHttpIp, row.httpEndPointPort ?? row.externalHttpPort);

const endpointOf = (host: string | null | undefined, portNumber: number | null | undefined): string =>
  `${(host ?? 'unknown').toLowerCase()}:${portNumber ?? 0}`;
