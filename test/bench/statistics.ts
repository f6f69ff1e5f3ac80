/** What a series of measurements in milliseconds looks like. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles by nearest rank. Throws on an empty series: nothing was measured then. */
export function summarize(samplesMs: readonly number[]): Summary {
  if (samplesMs.length === 0) throw new Error('Nothing was measured');
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const rank = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), max: sorted.at(-1)! };
}

/** A row of figures under a name, aligned with its neighbours. */
export function formatSummary(name: string, { count, p50, p99, max }: Summary): string {
  const figure = (ms: number): string => `${ms.toFixed(1).padStart(7)} ms`;
  return `${name.padEnd(58)} n=${String(count).padStart(5)}  p50 ${figure(p50)}  p99 ${figure(p99)}  max ${figure(max)}`;
}

/** Calls `work` with 0, 1, 2 … at a steady rate, whether or not earlier calls have ended. Resolves when all have. */
export async function paced(
  count: number,
  perSecond: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const waitMs = begun + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    running.push(work(index));
  }
  await Promise.all(running);
}
