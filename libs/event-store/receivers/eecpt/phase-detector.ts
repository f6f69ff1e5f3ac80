import { chiSquareLimit } from './chi-square.js';

/** What belongs together: a job of a cluster. */
export interface JobName {
  /** Undefined where the values name none. */
  readonly cluster: string | undefined;
  readonly job: string;
}

/** One value of one of a job's tasks. */
export interface TaskValue extends JobName {
  /** Tells the tasks of a job apart. */
  readonly task: string;
  readonly value: number;
}

interface Job {
  readonly name: JobName;
  /** The last values of each task, the oldest first. */
  readonly tasks: Map<string, number[]>;
  seenAtMs: number;
}

export interface DetectorBounds {
  /** Values that are kept of a task. */
  readonly bufferSize: number;
  /** Tasks of all jobs together; where there would be more, the jobs that were silent for longest are forgotten. */
  readonly maxTasks: number;
}

/** A task whose values do not grow says nothing. */
const LEAST_GROWTH = 1e-12;
const LEAST_VALUES = 3;

/**
 * Finds jobs that came into another phase: those whose tasks' values have last grown by so much more or less than before
 * that it is hardly chance. Values are counts that grow, as the EECPT library sends them.
 */
export class PhaseDetector {
  /** The one that was silent for longest comes first. */
  private readonly jobs = new Map<string, Job>();
  private tasks = 0;

  constructor(private readonly bounds: DetectorBounds) {}

  get jobCount(): number {
    return this.jobs.size;
  }

  get taskCount(): number {
    return this.tasks;
  }

  /** Takes a value. False when it has no room, because one job alone has as many tasks as are kept. */
  take({ cluster, job: id, task, value }: TaskValue, nowMs: number): boolean {
    const key = `${cluster ?? ''}\n${id}`;
    const present = this.jobs.get(key);
    if (!present?.tasks.has(task) && !this.makeRoom(present)) return false;
    const job = present ?? {
      name: { cluster: copied(cluster), job: copied(id) },
      tasks: new Map(),
      seenAtMs: nowMs,
    };
    job.seenAtMs = nowMs;
    this.jobs.delete(key);
    this.jobs.set(copied(key), job);
    const values = job.tasks.get(task);
    if (values) push(values, value, this.bounds.bufferSize);
    else {
      job.tasks.set(copied(task), [value]);
      this.tasks += 1;
    }
    return true;
  }

  /** The jobs that have come into another phase; of those only the last value of each task is known from now on. */
  changed(): JobName[] {
    const changed: JobName[] = [];
    for (const { name, tasks } of this.jobs.values()) {
      if (statistic(tasks.values()) <= chiSquareLimit(tasks.size)) continue;
      changed.push(name);
      for (const values of tasks.values()) values.splice(0, values.length - 1);
    }
    return changed;
  }

  /** Forgets the jobs that no value came of since then. */
  forget(beforeMs: number): void {
    for (const [key, { seenAtMs }] of this.jobs) if (seenAtMs < beforeMs) this.drop(key);
  }

  private makeRoom(keep: Job | undefined): boolean {
    for (const [key, job] of this.jobs) {
      if (this.tasks < this.bounds.maxTasks) return true;
      if (job !== keep) this.drop(key);
    }
    return this.tasks < this.bounds.maxTasks;
  }

  private drop(key: string): void {
    this.tasks -= this.jobs.get(key)?.tasks.size ?? 0;
    this.jobs.delete(key);
  }
}

/** By how much the last growth of all tasks differs from the growth before, as chi-square has it. */
export function statistic(tasks: Iterable<readonly number[]>): number {
  let sum = 0;
  for (const values of tasks) {
    if (values.length < LEAST_VALUES) continue;
    const [first, before, last] = [values[0]!, values.at(-2)!, values.at(-1)!];
    const expected = (before - first) / (values.length - 2);
    if (expected > LEAST_GROWTH) sum += (last - before - expected) ** 2 / expected;
  }
  return sum;
}

function push(values: number[], value: number, size: number): void {
  values.push(value);
  if (values.length > size) values.shift();
}

/** Texts of a body hold on to all of it. */
function copied<Text extends string | undefined>(text: Text): Text {
  return (text === undefined ? undefined : Buffer.from(text).toString()) as Text;
}
