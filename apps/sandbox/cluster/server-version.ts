/** How the answers of one server version look; all from the servers' sources and recorded answers. */
export interface ServerVersion {
  /** What `/info` says of itself; from 23.6 on every gossip row, too. */
  readonly number: string;
  /** `Master` and `Slave`, and no discovering of leaders. */
  readonly hasOldWords: boolean;
  /** The HTTP address in a gossip row: `externalHttp*` up to 5.x, then `httpEndPoint*`, with the peers' address from 24.10 on. */
  readonly address: 'external' | 'endpoint' | 'both-endpoints';
  readonly hasReplicas: boolean;
  /** The port of the old protocol; 0 from 24 on. */
  readonly hasTcp: boolean;
  readonly tellsVersionInGossip: boolean;
  /** `/gossip` of a one-node cluster: missing up to 5.x, never answered up to 21.2. */
  readonly gossipOfOneNode: 'there' | 'missing' | 'timeout';
  readonly hasHealth: boolean;
  /** How `/metrics` names them; null: there is none before 23.6. */
  readonly metrics: 'eventstore' | 'kurrentdb' | null;
  readonly countsElections: boolean;
  readonly hasLoadAverage: boolean;
  readonly hasTotalMemory: boolean;
  /** `usage` of a drive as `"72%"`; a whole number from 24.6 on. */
  readonly hasTextUsage: boolean;
}

const V5: ServerVersion = {
  number: '5.0.8.0',
  hasOldWords: true,
  address: 'external',
  hasReplicas: false,
  hasTcp: true,
  tellsVersionInGossip: false,
  gossipOfOneNode: 'missing',
  hasHealth: false,
  metrics: null,
  countsElections: false,
  hasLoadAverage: false,
  hasTotalMemory: false,
  hasTextUsage: true,
};
const V20: ServerVersion = {
  ...V5,
  number: '20.10.3.0',
  hasOldWords: false,
  address: 'endpoint',
  hasReplicas: true,
  gossipOfOneNode: 'timeout',
  hasHealth: true,
  hasLoadAverage: true,
};
const V22: ServerVersion = {
  ...V20,
  number: '22.10.1.0',
  gossipOfOneNode: 'there',
  hasTotalMemory: true,
};
const V23: ServerVersion = {
  ...V22,
  number: '23.10.1.0',
  tellsVersionInGossip: true,
  metrics: 'eventstore',
};
const V24: ServerVersion = {
  ...V23,
  hasTcp: false,
  number: '24.10.4',
  address: 'both-endpoints',
  countsElections: true,
  hasTextUsage: false,
};
const V25: ServerVersion = { ...V24, number: '25.1.0', metrics: 'kurrentdb' };

/** The versions that can be played. */
export const SERVER_VERSIONS = {
  '5.0': V5,
  '20.10': V20,
  '22.10': V22,
  '23.10': V23,
  '24.2': { ...V23, number: '24.2.0', hasTcp: false },
  '24.10': V24,
  '25.1': V25,
  '26.1': { ...V25, number: '26.1.1.3690' },
} as const satisfies Record<string, ServerVersion>;

export type ServerVersionName = keyof typeof SERVER_VERSIONS;

export const isServerVersion = (name: string): name is ServerVersionName =>
  Object.hasOwn(SERVER_VERSIONS, name);

const OLD_WORDS: Readonly<Record<string, string>> = {
  Leader: 'Master',
  PreLeader: 'PreMaster',
  Follower: 'Slave',
  DiscoverLeader: 'Unknown',
  ResigningLeader: 'Unknown',
};

/** A member's state in the version's words. */
export const stateIn = ({ hasOldWords }: ServerVersion, state: string): string =>
  hasOldWords ? (OLD_WORDS[state] ?? state) : state;
