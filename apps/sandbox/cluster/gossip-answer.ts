import { ownState, seenBy, type SeenMember } from './cluster-view.js';
import { guidOf, type Place } from './place.js';
import { stateIn } from './server-version.js';

/** Where rows of nobody lie: ports that none of our nodes has. */
const GHOST_PORT = 11;
const MANAGER_PORT = 51;
const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** `/gossip` as the version has it, rows by HTTP endpoint descending as the servers order them. */
export function gossipAnswer(place: Place) {
  const { model, index, ports } = place;
  const members = [
    ...seenBy(model, index).map((seen) => ({ port: ports[seen.index] ?? 0, row: memberRow(place, seen) })),
    ...numbers(model.ghosts).map((count) => ghostRow(place, GHOST_PORT + count)),
    ...numbers(model.managers).map((count) => managerRow(place, MANAGER_PORT + count)),
  ];
  return {
    members: members.toSorted((one, other) => other.port - one.port).map(({ row }) => row),
    serverIp: '127.0.0.1',
    serverPort: ports[index],
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function memberRow(place: Place, seen: SeenMember) {
  const node = place.model.node(seen.index);
  const port = place.ports[seen.index] ?? 0;
  return rowOf(place, port, {
    instanceId: guidOf(`instance ${port} ${node.starts}`),
    heardOfAtMs: seen.heardOfAtMs,
    state: seen.state,
    isAlive: seen.isAlive,
    positionBytes: seen.positionBytes,
    epochNumber: seen.epochNumber,
    isReplica: node.isReplica,
  });
}

/** A member that had another address once; it stays for half an hour (kurrent-io/KurrentDB issue 2256). */
const ghostRow = (place: Place, port: number) => ({
  port,
  row: rowOf(place, port, {
    instanceId: guidOf(`ghost ${port}`),
    heardOfAtMs: place.model.nowMs() - 600_000,
    state: 'Follower',
    isAlive: false,
    positionBytes: 85_117,
    epochNumber: 0,
    isReplica: false,
  }),
});

/** A seed that was not matched to a node. */
const managerRow = (place: Place, port: number) => ({
  port,
  row: rowOf(place, port, {
    instanceId: NO_GUID,
    heardOfAtMs: place.model.nowMs(),
    state: 'Manager',
    isAlive: false,
    positionBytes: -1,
    epochNumber: -1,
    isReplica: false,
  }),
});

interface Row {
  readonly instanceId: string;
  readonly heardOfAtMs: number;
  readonly state: string;
  readonly isAlive: boolean;
  readonly positionBytes: number;
  readonly epochNumber: number;
  readonly isReplica: boolean;
}

function rowOf({ version }: Place, port: number, row: Row) {
  const isKnown = row.positionBytes >= 0;
  return {
    instanceId: row.instanceId,
    timeStamp: `${new Date(row.heardOfAtMs).toISOString().slice(0, -1)}0000Z`,
    state: stateIn(version, row.state),
    isAlive: row.isAlive,
    internalTcpIp: '127.0.0.1',
    internalTcpPort: 1112,
    internalSecureTcpPort: 0,
    externalTcpIp: '127.0.0.1',
    externalTcpPort: version.hasTcp ? 1113 : 0,
    externalSecureTcpPort: 0,
    ...addressOf(version.address, port),
    lastCommitPosition: isKnown ? Math.max(0, row.positionBytes - 15_900) : -1,
    writerCheckpoint: row.positionBytes,
    chaserCheckpoint: row.positionBytes,
    epochPosition: isKnown ? 1_963 * (row.epochNumber + 1) : -1,
    epochNumber: row.epochNumber,
    epochId: isKnown ? guidOf(`epoch ${row.epochNumber}`) : NO_GUID,
    nodePriority: 0,
    ...(version.hasReplicas ? { isReadOnlyReplica: row.isReplica } : {}),
    ...(version.tellsVersionInGossip ? { esVersion: isKnown ? version.number : 'unknown_version' } : {}),
  };
}

function addressOf(form: Place['version']['address'], port: number) {
  const ip = '127.0.0.1';
  if (form === 'external')
    return { internalHttpIp: ip, internalHttpPort: port, externalHttpIp: ip, externalHttpPort: port };
  const own = { httpEndPointIp: ip, httpEndPointPort: port };
  return form === 'endpoint' ? own : { internalHttpEndPointIp: ip, internalHttpEndPointPort: port, ...own };
}

/** `/info` as the version has it. */
export function infoAnswer({ model, index, version }: Place, isSecured: boolean) {
  model.catchUp();
  const state = stateIn(version, ownState(model, index)).toLowerCase();
  if (version.hasOldWords) return { esVersion: version.number, state, projectionsMode: 'All' };
  return {
    ...(version.metrics === 'kurrentdb' ? { dbVersion: version.number } : {}),
    esVersion: version.number,
    state,
    features: { projections: true, userManagement: isSecured, atomPub: true },
    authentication: { type: isSecured ? 'internal' : 'insecure', properties: isSecured ? null : [] },
  };
}
