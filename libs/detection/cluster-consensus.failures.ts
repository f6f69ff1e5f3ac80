import type { ClusterLook } from './detector.js';
import { endpointIn } from './gossip-view.js';
import { sortedAndShort } from './node-table.js';

type Nodes = ClusterLook['nodes'];
type One = Nodes[number];

/** Failures of nodes that were reached; whatever else goes wrong happens on the way there. */
const ANSWERED = [
  'unauthorized',
  'server-timeout',
  'unavailable',
  'http-status',
  'not-json',
  'unexpected-shape',
  'redirect',
  'body-too-large',
  'protocol',
];

/** What one and what several nodes of a kind are said to be. */
type Wording = (names: string, it: 'it' | 'them') => string;

const WORDINGS = {
  off: (names) =>
    `Gossip over HTTP is turned off at ${names}: consider turning it on there (DisableGossipOnHttp), or switching this detector off for this cluster.`,
  denied: (names, it) =>
    `Spillway may not contact ${names}: consider correcting ${it === 'it' ? 'the registered address' : 'the registered addresses'}, or what SPILLWAY_EGRESS_DENY lists.`,
  answered: (names, it) =>
    `Spillway reaches ${names} but gets no gossip from ${it}; consider mending what is said below.`,
  alive: (names, it) =>
    `Spillway cannot reach ${names}, but the peers see ${it} alive: consider checking the network between Spillway and ${it}, the registered address, and TLS.`,
  dead: (names, it) =>
    `Spillway cannot reach ${names}, and the peers see ${it} dead, too: consider checking that the process and the machine run, and looking at its log.`,
  disputed: (names, it) =>
    `Spillway cannot reach ${names}, and the peers differ on whether ${it === 'it' ? 'it is' : 'they are'} alive: consider checking the network between the nodes.`,
  unheardOf: (names, it) =>
    `Spillway cannot reach ${names}, and no peer answers that could tell of ${it}: consider checking that the processes run, and the network between Spillway and the cluster.`,
  unreached: (names, it) =>
    `Spillway cannot reach ${names}: consider checking that the process runs, the network between Spillway and ${it}, the registered address, and TLS.`,
} as const satisfies Readonly<Record<string, Wording>>;
type Kind = keyof typeof WORDINGS;

/** A sentence of each kind of failure, with the nodes that it befell and what to consider. */
export function describeFailures(nodes: Nodes): string[] {
  const failed = nodes.flatMap((one) => {
    const kind = kindOf(one, nodes);
    return kind === undefined ? [] : [{ kind, address: one.node.address }];
  });
  return (Object.keys(WORDINGS) as Kind[]).flatMap((kind) => {
    const addresses = failed.filter((one) => one.kind === kind).map(({ address }) => address);
    const it = addresses.length === 1 ? 'it' : 'them';
    return addresses.length === 0 ? [] : [WORDINGS[kind](sortedAndShort(addresses).join(', '), it)];
  });
}

function kindOf(one: One, nodes: Nodes): Kind | undefined {
  const { gossip } = one.observations;
  if (gossip === undefined || gossip.ok) return undefined;
  if (gossip.code === 'not-found') return 'off';
  if (gossip.code === 'address-denied') return 'denied';
  if (ANSWERED.includes(gossip.code)) return 'answered';
  if (nodes.length === 1) return 'unreached';
  return opinionOf(one, nodes);
}

/** What the peers that answer hold of the node; nothing is said of them when no row can be told to be its own. */
function opinionOf(one: One, nodes: Nodes): Kind {
  const answers = nodes.flatMap(({ observations: { gossip } }) =>
    gossip?.ok === true ? [gossip.value] : [],
  );
  if (answers.length === 0) return 'unheardOf';
  const itsEndpoint = endpointIn(nodes, one);
  const rows = answers.flatMap(({ members }) => members.filter(({ endpoint }) => endpoint === itsEndpoint));
  if (rows.length === 0) return 'unreached';
  if (rows.every(({ isAlive }) => isAlive)) return 'alive';
  return rows.some(({ isAlive }) => isAlive) ? 'disputed' : 'dead';
}
