import {
  Intake,
  StreamIntake,
  type AcceptedReport,
  type IntakeScope,
  type StreamBatch,
} from '../../delivery/index.js';
import { notFound, type IssueReport } from '../../domain/index.js';
import type { ClusterLook, NodeObservations } from '../../detection/index.js';
import type {
  DetectorState,
  DetectorStateStore,
  KeptObservation,
  ObservationStore,
  OpenIssue,
  RememberedCluster,
  Transaction,
} from '../../persistence/index.js';
import type { JobQueue } from '../../queues/index.js';
import type { PollJob } from '../poll-job.js';
import type { WatchedCluster } from '../watched-clusters.js';

/** An intake that keeps what was accepted; all of a `run` or nothing. */
export class InMemoryIntake extends Intake {
  reports: IssueReport[] = [];

  async run<Result>(work: (scope: IntakeScope) => Promise<Result>): Promise<Result> {
    const accepted: IssueReport[] = [];
    const acceptIssue = async (_: string, report: IssueReport): Promise<AcceptedReport> => {
      const sameKey = [...this.reports, ...accepted].filter(({ key }) => key === report.key);
      if (report.event === 'closed' && sameKey.length === 0) throw notFound('issue');
      const seq = sameKey.length - sameKey.findLastIndex(({ event }) => event === 'closed');
      if (report.event === 'closed' && seq === 1) return { issueId: report.key };
      accepted.push(report);
      return { issueId: report.key, seq };
    };
    const acceptNotification = async (): Promise<string> => 'unused';
    const result = await work({ tx: {} as Transaction, acceptIssue, acceptNotification });
    this.reports.push(...accepted);
    return result;
  }

  /** The latest event of what is open. */
  get open(): IssueReport[] {
    const latest = new Map(this.reports.map((report) => [report.key, report]));
    return [...latest.values()].filter(({ event }) => event === 'open');
  }

  get events(): string[] {
    return this.reports.map(({ event, kind, severity }) => `${kind} ${event} ${severity}`);
  }
}

/** Detector states, kept as JSON as the database would. */
export class InMemoryStates implements Pick<
  DetectorStateStore,
  'lockCluster' | 'recall' | 'save' | 'forgetStates' | 'openIssues'
> {
  readonly rows = new Map<string, string>();

  constructor(
    private readonly clusters: InMemoryClusters,
    private readonly intake: InMemoryIntake,
  ) {}

  async lockCluster(): Promise<void> {}

  async recall(
    _: Transaction,
    clusterId: string,
    detectors: readonly string[],
  ): Promise<RememberedCluster | undefined> {
    const cluster = this.clusters.clusters.get(clusterId);
    if (cluster === undefined) return undefined;
    const states = [...this.rows.values()].map((row) => JSON.parse(row) as DetectorState);
    return {
      nodeIds: cluster.nodes.map(({ id }) => id),
      detection: cluster.detection,
      states: states.filter(({ detector }) => detectors.includes(detector)),
      latestAt: null,
    };
  }

  async save(_: Transaction, clusterId: string, states: readonly DetectorState[]): Promise<void> {
    for (const state of states) this.rows.set(keyOf(clusterId, state), JSON.stringify(state));
  }

  async forgetStates(
    _: Transaction,
    clusterId: string,
    states: readonly Omit<DetectorState, 'state'>[],
  ): Promise<void> {
    for (const state of states) this.rows.delete(keyOf(clusterId, state));
  }

  async openIssues(): Promise<OpenIssue[]> {
    return this.intake.open.map((report) => ({ projectId: 'p', ...report }));
  }
}

const keyOf = (clusterId: string, { detector, subject }: Omit<DetectorState, 'state'>): string =>
  `${clusterId} ${detector} ${subject}`;

/** Kept rounds, the latest last. */
export class InMemoryObservations implements Pick<ObservationStore, 'append'> {
  readonly kept: KeptObservation[] = [];

  async append(_: Transaction, observation: KeptObservation): Promise<void> {
    this.kept.push(observation);
  }

  /** What the latest round says of a node. */
  latestOf(nodeId: string): NodeObservations | undefined {
    const look = this.kept.at(-1)?.look as Pick<ClusterLook, 'nodes'> | undefined;
    return look?.nodes.find(({ node }) => node.id === nodeId)?.observations;
  }
}

export class InMemoryClusters {
  readonly clusters = new Map<string, WatchedCluster>();

  async load(clusterId: string): Promise<WatchedCluster | undefined> {
    return this.clusters.get(clusterId);
  }

  async listIds(): Promise<string[]> {
    return [...this.clusters.keys()];
  }
}

/** A cluster of the project `p` with nodes `n0`, `n1`… at these addresses, as it is watched. */
export const watchedCluster = (
  id: string,
  addresses: readonly string[] = [],
  given: Partial<WatchedCluster> = {},
): WatchedCluster => ({
  id,
  projectId: 'p',
  name: 'orders-db',
  tls: {},
  credentials: null,
  detection: {},
  pollsLogs: false,
  nodes: addresses.map((address, index) => ({
    id: `n${index}`,
    address,
    cores: null,
    memoryBytes: null,
  })),
  ...given,
});

/** A queue that only remembers what it was told. */
export class InMemoryQueue implements JobQueue<PollJob> {
  readonly name = 'collection';
  readonly planned = new Map<string, { everyMs: number; phaseMs: number; payload: PollJob }>();
  readonly woken: string[] = [];
  readonly later: { id: string; delayMs: number }[] = [];

  async wake(id: string): Promise<void> {
    this.woken.push(id);
  }

  async wakeMany(jobs: readonly { readonly id: string }[]): Promise<void> {
    this.woken.push(...jobs.map(({ id }) => id));
  }

  async wakeLater(id: string, _: PollJob, delayMs: number): Promise<void> {
    this.later.push({ id, delayMs });
  }

  async schedule(id: string, everyMs: number, phaseMs: number, payload: PollJob): Promise<void> {
    this.planned.set(id, { everyMs, phaseMs, payload });
  }

  async unschedule(id: string): Promise<void> {
    this.planned.delete(id);
  }

  async schedules(): Promise<string[]> {
    return [...this.planned.keys()];
  }

  async pending(): Promise<number> {
    return 0;
  }
}

/** Nobody wants metrics. */
export const NO_SCRAPES = { begin: async () => undefined };

/** An intake of streams that keeps what was appended, or fails as it is told. */
export class RecordingStreamIntake extends StreamIntake {
  readonly batches: StreamBatch[] = [];
  failure: Error | undefined;

  async append(batches: readonly StreamBatch[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.batches.push(...batches);
  }
}
