import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { Intake, type IntakeScope } from '../delivery/index.js';
import { judge, type ClusterLook, type HostFigures } from '../detection/index.js';
import { systemClock } from '../domain/index.js';
import { DetectorStateStore, ObservationStore, type Transaction } from '../persistence/index.js';
import { RoundEvaluator } from './evaluate.js';
import { ClusterIssues } from './index.js';
import { startCollection, type AddedCluster } from './testing/collection-harness.js';
import { WatchedClusters, type WatchedCluster } from './watched-clusters.js';

const { detection: DEFAULTS } = loadSettings({ SPILLWAY_DISK_WINDOW: '0s' });
const TWO_NODES = ['http://n1.example.com:2113', 'http://n2.example.com:2113'];

/** Its clusters are never scheduled: nobody polls them but the test. */
let collection: Awaited<ReturnType<typeof startCollection>>;
beforeAll(async () => {
  collection = await startCollection();
});
afterAll(() => collection.stop());

const intake = (): Intake => collection.app.get(Intake, { strict: false });
const evaluator = (states = new DetectorStateStore(), into = intake()): RoundEvaluator =>
  new RoundEvaluator(into, states, new ObservationStore(), DEFAULTS, systemClock);

async function added(): Promise<AddedCluster & { watched: WatchedCluster }> {
  const cluster = await collection.addCluster(TWO_NODES);
  const watched = await collection.app.get(WatchedClusters, { strict: false }).load(cluster.clusterId);
  return { ...cluster, watched: watched! };
}

const NO_FIGURES: HostFigures = {
  drives: [],
  memory: { totalBytes: null, freeBytes: null },
  loadAverage1m: null,
};
/** All nodes report these figures, now. */
function hostLook({ watched: { name, nodes } }: { watched: WatchedCluster }, given: Partial<HostFigures>) {
  const at = systemClock.now();
  const stats = { at: at.toISOString(), ok: true, value: { ...NO_FIGURES, ...given } } as const;
  const picked = nodes.map(({ id, address, cores, memoryBytes }) => ({ id, address, cores, memoryBytes }));
  const look: ClusterLook = {
    cluster: { name },
    at,
    nodes: picked.map((node) => ({ node, observations: { stats } })),
  };
  return look;
}
const FULL = { drives: [{ mount: '/', totalBytes: 100, availableBytes: 10 }] };
const EMPTY = { drives: [{ mount: '/', totalBytes: 100, availableBytes: 90 }] };

interface IssueRow {
  readonly kind: string;
  readonly status: string;
  readonly message: string;
  readonly event_count: number;
  readonly node_id: string | null;
}
const query = <Row>(sql: string, { clusterId }: AddedCluster): Promise<Row[]> =>
  collection.database.query<Row>(sql, [clusterId]);
const issuesOf = (of: AddedCluster) =>
  query<IssueRow>('SELECT * FROM issues WHERE cluster_id = $1 ORDER BY id', of);
const statesOf = (of: AddedCluster) =>
  query<{ detector: string; subject: string }>('SELECT * FROM detector_states WHERE cluster_id = $1', of);
const keptOf = ({ clusterId }: AddedCluster) =>
  new ObservationStore().page(
    collection.database,
    { clusterId, rounds: ['gossip', 'host'], from: new Date(0), to: new Date(Date.now() + 60_000) },
    { limit: 100 },
  );
const configure = (of: AddedCluster, detection: unknown) =>
  collection.database.query('UPDATE clusters SET detection = $2 WHERE id = $1', [
    of.clusterId,
    JSON.stringify(detection),
  ]);

describe('judging a round', () => {
  it('keeps what was judged, so that the verdict can be checked', async () => {
    const of = await added();
    const look = hostLook(of, FULL);
    const { reported } = await evaluator().evaluate(of.watched, 'host', look);
    const [kept, ...others] = await keptOf(of);
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ round: 'host', at: look.at });
    expect(kept?.look).toEqual({ cluster: look.cluster, detection: {}, nodes: look.nodes });
    const again = { ...(kept!.look as ClusterLook), at: kept!.at };
    const verdicts = judge('host', again, [], { defaults: DEFAULTS, overrides: {} });
    const transitions = verdicts.flatMap((verdict) =>
      'evaluation' in verdict ? verdict.evaluation.transitions : [],
    );
    expect(transitions.map(({ message }) => message)).toEqual(reported.map(({ message }) => message));
    expect(reported.map(({ event, seq }) => [event, seq])).toEqual([
      ['open', 1],
      ['open', 1],
    ]);
  });

  it('takes five statements of a healthy cluster, whatever the number of its nodes', async () => {
    const of = await added();
    const sql: string[] = [];
    const counting = new (class extends Intake {
      run<Result>(work: (scope: IntakeScope) => Promise<Result>): Promise<Result> {
        return intake().run((scope) => {
          const tx: Transaction = {
            ...scope.tx,
            query: (text, parameters) => {
              sql.push(text);
              return scope.tx.query(text, parameters);
            },
          };
          return work({ ...scope, tx, acceptIssue: (...report) => scope.acceptIssue(...report) });
        });
      }
    })();
    await evaluator(undefined, counting).evaluate(of.watched, 'host', hostLook(of, EMPTY));
    // And BEGIN and COMMIT.
    expect(
      sql.map((text) => /^\s*(\w+).*?(lock|detector_states|observations)/s.exec(text)?.slice(1)),
    ).toEqual([
      ['SELECT', 'lock'],
      ['SELECT', 'detector_states'],
      ['INSERT', 'observations'],
    ]);
  });

  it('drops a look at nodes that the cluster has not any more, and keeps nothing of it', async () => {
    const of = await added();
    await query('DELETE FROM cluster_nodes WHERE cluster_id = $1 AND position = 1', of);
    const result = await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    expect(result).toEqual({ reported: [] });
    expect([await issuesOf(of), await statesOf(of), await keptOf(of)]).toEqual([[], [], []]);
  });

  it.each([
    ['drops a look when a later one was judged while it waited for slow nodes', 30_000, 'open', 1],
    ['goes on after a clock that stepped back by more than a round can take', 30_001, 'closed', 2],
  ])('%s', async (_, earlierMs, status, keptRounds) => {
    const of = await added();
    const later = hostLook(of, FULL);
    await evaluator().evaluate(of.watched, 'host', later);
    const at = new Date(later.at.getTime() - earlierMs);
    await evaluator().evaluate(of.watched, 'host', { ...hostLook(of, EMPTY), at });
    expect((await issuesOf(of)).map((issue) => issue.status)).toEqual([status, status]);
    expect(await keptOf(of)).toHaveLength(keptRounds);
  });

  it('takes a look that is later than those of its round, whatever the other round has seen', async () => {
    const of = await added();
    const look = hostLook(of, EMPTY);
    await evaluator().evaluate(of.watched, 'gossip', look);
    await evaluator().evaluate(of.watched, 'host', { ...look, at: new Date(look.at.getTime() - 1) });
    expect(await keptOf(of)).toHaveLength(2);
  });

  it('opens nothing for a cluster that was removed meanwhile', async () => {
    const of = await added();
    await query('UPDATE clusters SET deleted_at = now() WHERE id = $1', of);
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    expect([await issuesOf(of), await statesOf(of), await keptOf(of)]).toEqual([[], [], []]);
  });

  it('goes by the settings that the cluster has now, not by those it was loaded with', async () => {
    const of = await added();
    await configure(of, { 'disk-usage': { threshold: 95 } });
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    expect(await issuesOf(of)).toEqual([]);
  });

  it('is forgotten for a node that was removed, and its issue is closed', async () => {
    const of = await added();
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    const [gone, kept] = of.nodeIds;
    await collection.database.query('DELETE FROM cluster_nodes WHERE id = $1', [gone]);
    const clusterIssues = collection.app.get(ClusterIssues, { strict: false });
    await clusterIssues.closeLeftovers();
    await clusterIssues.closeLeftovers(of.clusterId);
    const issues = await issuesOf(of);
    expect(issues.map(({ node_id, status }) => `${node_id} ${status}`).sort()).toEqual(
      [`${gone} closed`, `${kept} open`].sort(),
    );
    expect(issues.find(({ node_id }) => node_id === gone)?.message).toBe(
      'The node was removed from Spillway.',
    );
    expect(await statesOf(of)).toMatchObject([{ subject: kept }]);
  });
});

describe('a detector that is off', () => {
  it('by the cluster ends its issues, says that nobody saw them end, and begins anew when it is on again', async () => {
    const of = await added();
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    await configure(of, { 'disk-usage': { enabled: false } });
    const { reported } = await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    expect(reported.map(({ event, kind, nodeId }) => [event, kind, nodeId])).toEqual(
      of.nodeIds.map((id) => ['closed', 'disk-usage', id]),
    );
    expect(reported[0]?.message).toBe(
      'The disk-usage issue of node http://n1.example.com:2113 of cluster orders-db is closed, but was not seen to end: ' +
        'disk-usage is no longer watched here, because it is switched off for this cluster.',
    );
    expect(await statesOf(of)).toEqual([]);
    expect((await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL))).reported).toEqual([]);
    await configure(of, {});
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    const issues = await issuesOf(of);
    expect(issues.map(({ status }) => status).toSorted()).toEqual(['closed', 'closed', 'open', 'open']);
  });

  it('by the registration ends the issue of that node, and of no other', async () => {
    const of = await added();
    const busy = { loadAverage1m: 400 };
    await evaluator().evaluate(of.watched, 'host', hostLook(of, busy));
    const [first, ...rest] = of.watched.nodes;
    const watched = { ...of.watched, nodes: [{ ...first!, cores: null }, ...rest] };
    await evaluator().evaluate(watched, 'host', hostLook({ watched }, busy));
    const issues = await issuesOf(of);
    expect(issues.map(({ kind, node_id, status }) => `${kind} ${node_id} ${status}`).sort()).toEqual(
      [`core-load ${of.nodeIds[0]} closed`, `core-load ${of.nodeIds[1]} open`].sort(),
    );
    expect(issues.find(({ status }) => status === 'closed')?.message).toContain(
      'because no core count is given for this node.',
    );
  });

  it('and remembers something without an open issue, forgets it in silence', async () => {
    const of = await added();
    await evaluator().evaluate(of.watched, 'host', hostLook(of, FULL));
    await evaluator().evaluate(of.watched, 'host', hostLook(of, EMPTY));
    expect(await statesOf(of)).not.toEqual([]);
    await configure(of, { 'disk-usage': { enabled: false } });
    expect((await evaluator().evaluate(of.watched, 'host', hostLook(of, EMPTY))).reported).toEqual([]);
    expect(await statesOf(of)).toEqual([]);
    expect((await issuesOf(of)).map(({ event_count }) => event_count)).toEqual([2, 2]);
  });
});

describe('several collectors', () => {
  it('judge a cluster one after the other, and one issue per node comes of it', async () => {
    const of = await added();
    expect(of.watched.credentials).toEqual({ username: 'ops', password: 'changeit' });
    await Promise.all(
      Array.from({ length: 6 }, () => evaluator().evaluate(of.watched, 'host', hostLook(of, FULL))),
    );
    expect((await issuesOf(of)).map(({ event_count }) => event_count)).toEqual([6, 6]);
    expect(await statesOf(of)).toHaveLength(2);
  });

  /** Remembers what it was before any of them had judged, and takes no lock. */
  class StaleStates extends DetectorStateStore {
    constructor(private readonly allHaveRead: () => Promise<void>) {
      super();
    }
    override async lockCluster(): Promise<void> {}
    override async recall(...which: Parameters<DetectorStateStore['recall']>) {
      const recalled = await super.recall(...which);
      await this.allHaveRead();
      return recalled;
    }
  }

  async function evaluateAllFromOneState(of: AddedCluster & { watched: WatchedCluster }, figures: object) {
    const COLLECTORS = 3;
    let [read, release] = [0, (): void => undefined];
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const arrive = (): Promise<void> => {
      read += 1;
      if (read === COLLECTORS) release();
      return all;
    };
    return Promise.all(
      Array.from({ length: COLLECTORS }, () =>
        evaluator(new StaleStates(arrive)).evaluate(of.watched, 'host', hostLook(of, figures)),
      ),
    );
  }

  it('that all take themselves for the first open one issue: the database lets the others add to it', async () => {
    const of = await added();
    const opened = await evaluateAllFromOneState(of, FULL);
    expect(opened.map(({ reported }) => reported.map(({ seq }) => seq).join(', ')).toSorted()).toEqual([
      '1, 1',
      '2, 2',
      '3, 3',
    ]);
    expect((await issuesOf(of)).map(({ status, event_count }) => [status, event_count])).toEqual([
      ['open', 3],
      ['open', 3],
    ]);
    const closed = await evaluateAllFromOneState(of, EMPTY);
    // Who comes second finds them closed, and that is all.
    const seqs = closed.flatMap(({ reported }) => reported.map(({ seq }) => seq ?? 'closed already'));
    expect(seqs.filter((seq) => seq === 4)).toHaveLength(2);
    expect(seqs.filter((seq) => seq === 'closed already')).toHaveLength(4);
    expect((await issuesOf(of)).map(({ status, event_count }) => [status, event_count])).toEqual([
      ['closed', 4],
      ['closed', 4],
    ]);
  });
});
