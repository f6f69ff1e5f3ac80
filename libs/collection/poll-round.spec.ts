import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { DETECTORS, type Round } from '../detection/index.js';
import { systemClock } from '../domain/index.js';
import { Egress } from '../egress/index.js';
import { waitUntil } from '../testing/index.js';
import { pollRound } from './poll-round.js';
import { followerLagMs } from './second-question.js';
import { Slots } from './slots.js';
import { watchedCluster } from './testing/in-memory.js';

interface Row {
  readonly state: string;
  readonly isAlive?: boolean;
  readonly writerCheckpoint: number;
  readonly epochNumber?: number;
  readonly isReadOnlyReplica?: boolean;
}
/** What a node says at its first, second… question for gossip; the last of them ever after. Null: it has no gossip. */
type Answers = readonly (readonly Row[] | null)[];

const LAG_MS = 60;
const egress = new Egress();
const servers: Server[] = [];
let answers: Answers[] = [];
/** Which node each takes itself for. */
let selfOf = (index: number): number => index;
let asked: { path: string; index: number; atMs: number }[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
  egress.close();
});
const portOf = (index: number): number => (servers[index]!.address() as AddressInfo).port;

/** Nodes on 127.0.0.1 that say these things; rows are of the nodes in their order. */
async function nodesSay(...said: Answers[]): Promise<void> {
  answers = said;
  while (servers.length < said.length) {
    const index = servers.length;
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push({ path, index, atMs: performance.now() });
      if (path === '/info') return void response.end('{"state":"leader"}');
      if (path === '/health/live') return void response.writeHead(204).end();
      if (path !== '/gossip') return void response.writeHead(401).end();
      const times = asked.filter((one) => one.index === index && one.path === path).length;
      const rows = answers[index]?.[Math.min(times, answers[index].length) - 1];
      if (!rows) return void response.writeHead(404).end();
      const members = rows.map((row, member) => ({
        isAlive: true,
        epochNumber: 1,
        httpEndPointIp: '127.0.0.1',
        httpEndPointPort: portOf(member),
        ...row,
      }));
      response.end(JSON.stringify({ members, serverIp: '127.0.0.1', serverPort: portOf(selfOf(index)) }));
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
  }
}

const poll = (
  round: Round,
  { lagMs = LAG_MS, slots = new Slots(1, 60_000), signal = undefined as AbortSignal | undefined } = {},
) => {
  const addresses = answers.map((_, index) => `http://127.0.0.1:${portOf(index)}`);
  const context = { egress, clock: systemClock, lagMs: lagMs < 0 ? undefined : lagMs, slots, signal };
  return pollRound(watchedCluster('orders', addresses), round, context);
};
/** How often each node was asked for gossip. */
const gossipQuestions = (): number[] =>
  answers.map((_, node) => asked.filter(({ path, index }) => path === '/gossip' && index === node).length);
const leader = { state: 'Leader', writerCheckpoint: 1_000 };
const at = (writerCheckpoint: number, more: Partial<Row> = {}): Row => ({
  state: 'Follower',
  writerCheckpoint,
  ...more,
});

beforeEach(() => {
  selfOf = (index) => index;
  asked = [];
});

describe('a round of gossip', () => {
  it('asks gossip, info and health of every node, once when all have reached the leader', async () => {
    const rows = [leader, at(1_000), at(1_200)];
    await nodesSay([rows], [rows], [rows]);
    const look = await poll('gossip');
    for (const { observations } of look.nodes) {
      expect(observations).toMatchObject({ gossip: { ok: true }, info: { ok: true }, health: { ok: true } });
      expect(observations.laterSelf).toBeUndefined();
    }
    expect(gossipQuestions()).toEqual([1, 1, 1]);
    expect(look.nodes[0]?.node).toEqual({
      id: 'n0',
      address: `http://127.0.0.1:${portOf(0)}`,
      cores: null,
      memoryBytes: null,
    });
  });

  it('asks those that are behind once more, a lag after all have answered, and takes their own rows', async () => {
    const seen = [leader, at(900), at(1_000)];
    const later = [{ ...leader, writerCheckpoint: 2_000 }, at(1_500), at(1_000)];
    await nodesSay([seen], [seen, later], [seen]);
    const { nodes, at: begun } = await poll('gossip');
    expect(gossipQuestions()).toEqual([1, 2, 1]);
    const [first, second] = asked.filter(({ path, index }) => path === '/gossip' && index === 1);
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(LAG_MS - 2);
    expect(nodes.map(({ observations }) => observations.laterSelf)).toEqual([
      undefined,
      {
        at: expect.any(String),
        ok: true,
        value: expect.objectContaining({ endpoint: `127.0.0.1:${portOf(1)}`, writerCheckpoint: 1_500 }),
      },
      undefined,
    ]);
    expect(Date.parse(nodes[1]!.observations.laterSelf!.at)).toBeGreaterThanOrEqual(
      begun.getTime() + LAG_MS - 2,
    );
  });

  it('knows nodes by their registered names that all call themselves the first, in both questions', async () => {
    selfOf = () => 0;
    const rows = [leader, at(900), at(1_000)];
    await nodesSay([rows], [rows], [rows]);
    const { nodes } = await poll('gossip');
    expect(gossipQuestions()).toEqual([1, 2, 1]);
    expect(nodes[1]?.observations.laterSelf).toMatchObject({ ok: true, value: { writerCheckpoint: 900 } });
    expect(nodes[2]?.observations.gossip).toMatchObject({ value: { self: `127.0.0.1:${portOf(2)}` } });
  });

  it('asks a node of another epoch again, however far its log is', async () => {
    const rows = [{ ...leader, epochNumber: 5 }, at(9_000, { epochNumber: 4 })];
    await nodesSay([rows], [rows]);
    expect((await poll('gossip')).nodes[1]?.observations.laterSelf).toMatchObject({ ok: true });
  });

  it.each<[string, readonly Row[]]>([
    [
      'read-only replicas, which may lag',
      [leader, at(5, { state: 'ReadOnlyReplica', isReadOnlyReplica: true })],
    ],
    ['anybody while there is no live leader', [{ ...leader, isAlive: false }, at(5)]],
    ['anybody of a cluster that elects', [at(1_000, { state: 'Unknown' }), at(5, { state: 'Unknown' })]],
  ])('does not ask again %s', async (_, rows) => {
    await nodesSay([rows], [rows]);
    await poll('gossip');
    expect(gossipQuestions()).toEqual([1, 1]);
  });

  it('of a single node is one question', async () => {
    await nodesSay([[leader]]);
    await poll('gossip');
    expect(gossipQuestions()).toEqual([1]);
  });

  it('does not ask a node again whose gossip is switched off', async () => {
    await nodesSay([[leader, at(5)]], [null]);
    const { nodes } = await poll('gossip');
    expect(gossipQuestions()).toEqual([1, 1]);
    expect(nodes[1]?.observations).toMatchObject({
      gossip: { ok: false, code: 'not-found' },
      info: { ok: true },
    });
    expect(nodes[1]?.observations.laterSelf).toBeUndefined();
  });

  it('does not ask again when no detector would look at it', async () => {
    const rows = [leader, at(5)];
    await nodesSay([rows], [rows]);
    await poll('gossip', { lagMs: -1 });
    expect(gossipQuestions()).toEqual([1, 1]);
  });

  it('keeps a failure of the second question, and an answer without the own row', async () => {
    const rows = [leader, at(5), at(6)];
    await nodesSay([rows], [rows, null], [rows, [leader, at(5)]]);
    const { nodes } = await poll('gossip');
    expect(nodes[1]?.observations).toMatchObject({
      gossip: { ok: true },
      laterSelf: { ok: false, code: 'not-found' },
    });
    expect(nodes[2]?.observations.laterSelf).toMatchObject({
      ok: false,
      code: 'no-own-row',
      reason: `127.0.0.1:${portOf(2)} answered /gossip without a row of itself.`,
    });
  });

  it('holds no slot while it waits, and is given up at once', async () => {
    const rows = [leader, at(5)];
    await nodesSay([rows], [rows]);
    const slots = new Slots(1, 60_000);
    const stopping = new AbortController();
    const waiting = poll('gossip', { lagMs: 60_000, slots, signal: stopping.signal });
    await waitUntil(() => gossipQuestions().join() === '1,1', { what: 'the first questions' });
    expect((await poll('host', { slots })).nodes).toHaveLength(2);
    stopping.abort();
    await waiting;
    expect(gossipQuestions()).toEqual([1, 1]);
  });
});

it('a round of figures asks stats and metrics, and says what a node wants that has no credentials', async () => {
  await nodesSay([[leader]]);
  const { nodes } = await poll('host');
  expect(asked.map(({ path }) => path).sort()).toEqual(['/metrics', '/stats?group=false']);
  const wanted = (path: string) => ({
    ok: false,
    code: 'unauthorized',
    reason: `127.0.0.1:${portOf(0)} wants credentials for ${path}: give the cluster those of any user, no special rights are needed.`,
  });
  expect(nodes[0]?.observations).toMatchObject({ stats: wanted('/stats'), metrics: wanted('/metrics') });
});

describe('when followers are asked again', () => {
  const { detection: defaults } = loadSettings({});

  it('is what the cluster says, else the hub', () => {
    expect(followerLagMs(defaults, {})).toBe(2_000);
    expect(followerLagMs(defaults, { 'node-out-of-sync': { lag: '5s' } })).toBe(5_000);
  });

  it('is never where nobody would look at it', () => {
    expect(followerLagMs(defaults, { 'node-out-of-sync': { enabled: false } })).toBeUndefined();
    const others = DETECTORS.filter(({ kind }) => kind !== 'node-out-of-sync');
    expect(followerLagMs(defaults, {}, others)).toBeUndefined();
  });
});
