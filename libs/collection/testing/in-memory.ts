import { Intake, type AcceptedReport, type IntakeScope } from '../../delivery/index.js';
import { notFound, type IssueReport } from '../../domain/index.js';
import type {
  DetectorState,
  DetectorStateStore,
  NodeObservations,
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

  get events(): string[] {
    return this.reports.map(({ event, kind, severity }) => `${kind} ${event} ${severity}`);
  }
}

/** Detector states, kept as JSON as the database would. */
export class InMemoryStates implements Pick<
  DetectorStateStore,
  'lockCluster' | 'presentNodeIds' | 'load' | 'save'
> {
  readonly rows = new Map<string, string>();

  constructor(private readonly clusters: InMemoryClusters) {}

  async lockCluster(): Promise<void> {}

  async presentNodeIds(_: unknown, clusterId: string): Promise<string[] | undefined> {
    return this.clusters.presentNodeIds(clusterId);
  }

  async load(): Promise<DetectorState[]> {
    return [...this.rows.values()].map((row) => JSON.parse(row) as DetectorState);
  }

  async save(_: Transaction, clusterId: string, states: readonly DetectorState[]): Promise<void> {
    for (const state of states) {
      this.rows.set(`${clusterId} ${state.detector} ${state.subject}`, JSON.stringify(state));
    }
  }
}

export class InMemoryClusters {
  readonly clusters = new Map<string, WatchedCluster>();
  readonly observations: Record<string, Record<string, unknown>> = {};

  async load(clusterId: string): Promise<WatchedCluster | undefined> {
    return this.clusters.get(clusterId);
  }

  async recordObservations(_: string, observations: NodeObservations): Promise<void> {
    for (const [nodeId, latest] of Object.entries(observations)) {
      this.observations[nodeId] = { ...this.observations[nodeId], ...latest };
    }
  }

  async presentNodeIds(clusterId: string): Promise<string[] | undefined> {
    return this.clusters.get(clusterId)?.nodes.map(({ id }) => id);
  }

  async listIds(): Promise<string[]> {
    return [...this.clusters.keys()];
  }
}

/** A queue that only remembers what it was told. */
export class InMemoryQueue implements JobQueue<PollJob> {
  readonly name = 'collection';
  readonly planned = new Map<string, { everyMs: number; payload: PollJob }>();
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

  async schedule(id: string, everyMs: number, payload: PollJob): Promise<void> {
    this.planned.set(id, { everyMs, payload });
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
