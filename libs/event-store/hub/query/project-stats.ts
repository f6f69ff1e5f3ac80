import { EventStoreStats } from '../../stats/index.js';

/** Projects whose counts are kept at a time: those that were used last. */
const MAX_PROJECTS = 1_000;

/** What this process has counted of each project since it started, or since the project came up again. */
export class ProjectStats {
  private readonly projects = new Map<string, EventStoreStats>();

  of(projectId: string): EventStoreStats {
    const stats = this.projects.get(projectId) ?? new EventStoreStats();
    this.projects.delete(projectId);
    this.projects.set(projectId, stats);
    const [longestUnused] = this.projects.keys();
    if (this.projects.size > MAX_PROJECTS) this.projects.delete(longestUnused!);
    return stats;
  }
}

/** A duration as the original's configuration writes it. */
export function goText(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
  ];
  const [size, unit] = units.find(([each]) => ms % each === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}
