/** Critical values at the 95% level: up to so many tasks, the value. The degrees of freedom are those of the most tasks, less one. */
const LIMITS: readonly (readonly [maxTasks: number, limit: number])[] = [
  [2, 3.8415],
  [4, 7.8147],
  [8, 14.067],
  [16, 24.996],
  [32, 44.985],
  [64, 82.529],
  [72, 91.67],
  [128, 154.3],
  [256, 293.25],
  [512, 564.7],
  [1_024, 1_098.5],
];
/** 95% of a normal distribution are below it. */
const NORMAL_95 = 1.644_854;

/**
 * What the chi-square statistic of a job with so many tasks is above by chance in 5% of the cases only. In the steps that
 * cc-lib has; beyond them by the approximation of Wilson and Hilferty, which is exact to a thousandth there.
 */
export function chiSquareLimit(taskCount: number): number {
  const known = LIMITS.find(([maxTasks]) => taskCount <= maxTasks);
  if (known) return known[1];
  const degrees = taskCount - 1;
  const share = 2 / (9 * degrees);
  return degrees * (1 - share + NORMAL_95 * Math.sqrt(share)) ** 3;
}
