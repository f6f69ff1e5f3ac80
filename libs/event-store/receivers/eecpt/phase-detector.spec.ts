import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareLimit } from './chi-square.js';
import { PhaseDetector, statistic } from './phase-detector.js';

const BOUNDS = { bufferSize: 4, maxTasks: 1_000 };
const JOB = { cluster: undefined, job: '1' };

function fed(values: readonly number[], tasks = 1, detector = new PhaseDetector(BOUNDS)): PhaseDetector {
  for (const value of values)
    for (let task = 0; task < tasks; task += 1) detector.take({ ...JOB, task: String(task), value }, 0);
  return detector;
}

describe('a job', () => {
  it('is in another phase when its values grow much faster, or stop growing', () => {
    expect(fed([0, 10, 20, 60]).changed()).toEqual([JOB]);
    expect(fed([0, 10, 20, 20]).changed()).toEqual([JOB]);
    expect(fed([0, 10, 20, 31]).changed()).toEqual([]);
  });

  it('is not told of twice: its history begins anew', () => {
    const detector = fed([0, 10, 20, 60]);
    expect(detector.changed()).toHaveLength(1);
    expect(detector.changed()).toEqual([]);
    expect(fed([100, 140, 180], 1, detector).changed()).toEqual([]);
    expect(fed([180], 1, detector).changed()).toEqual([JOB]);
  });

  it('needs three values of a task, and tasks that grow', () => {
    expect(fed([0, 1_000]).changed()).toEqual([]);
    expect(fed([5, 5, 5, 1_000]).changed()).toEqual([]);
    expect(fed([9, 8, 7, 1_000]).changed()).toEqual([]);
  });

  it('is known by its cluster and its id', () => {
    const detector = new PhaseDetector(BOUNDS);
    for (const value of [0, 10, 20, 60]) {
      detector.take({ cluster: 'a', job: '1', task: '', value }, 0);
      detector.take({ cluster: 'b', job: '1', task: '', value: value === 60 ? 30 : value }, 0);
    }
    expect(detector.changed()).toEqual([{ cluster: 'a', job: '1' }]);
  });

  it('is forgotten when it has been silent', () => {
    const detector = fed([0, 10, 20, 60]);
    detector.take({ ...JOB, job: '2', task: '0', value: 1 }, 10);
    detector.forget(10);
    expect([detector.jobCount, detector.taskCount]).toEqual([1, 1]);
    expect(detector.changed()).toEqual([]);
  });
});

describe('the statistic', () => {
  const growths = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 20 });
  const valuesOf = (steps: readonly number[]): number[] =>
    steps.reduce<number[]>((values, step) => [...values, values.at(-1)! + step], [0]);

  it('is nothing while a task grows evenly, whatever its pace', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 3, max: 50 }), (step, count) => {
        expect(statistic([Array.from({ length: count }, (_, index) => index * step)])).toBeCloseTo(0, 6);
      }),
    );
  });

  it('is the sum over the tasks, and never negative', () => {
    fc.assert(
      fc.property(fc.array(growths, { maxLength: 10 }), (all) => {
        const tasks = all.map(valuesOf);
        const parts = tasks.map((task) => statistic([task]));
        expect(Math.min(0, ...parts)).toBe(0);
        expect(statistic(tasks)).toBeCloseTo(
          parts.reduce((sum, part) => sum + part, 0),
          6,
        );
      }),
    );
  });

  it('is the plain formula: the last growth against the mean of those before', () => {
    fc.assert(
      fc.property(growths, (steps) => {
        const before = steps.slice(0, -1);
        const mean = before.reduce((sum, step) => sum + step, 0) / before.length;
        expect(statistic([valuesOf(steps)])).toBeCloseTo((steps.at(-1)! - mean) ** 2 / mean, 6);
      }),
    );
  });
});

it('D33: holds no more tasks than it may, whatever comes, and keeps those that came last', () => {
  const value = fc.record({
    cluster: fc.constantFrom(undefined, 'a'),
    job: fc.constantFrom('1', '2', '3', '4'),
    task: fc.constantFrom('0', '1', '2', '3', '4', '5'),
    value: fc.integer(),
  });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (values, maxTasks) => {
      const detector = new PhaseDetector({ bufferSize: 3, maxTasks });
      const ofLast = new Set<string>();
      for (const [index, one] of values.entries()) {
        const isTaken = detector.take(one, index);
        expect(detector.taskCount).toBeLessThanOrEqual(maxTasks);
        expect(detector.jobCount).toBeLessThanOrEqual(detector.taskCount);
        const before = values[index - 1];
        if (before?.job !== one.job || before.cluster !== one.cluster) ofLast.clear();
        ofLast.add(one.task);
        if (ofLast.size === 1) expect(isTaken || detector.taskCount === maxTasks).toBe(true);
      }
      detector.forget(values.length);
      expect([detector.jobCount, detector.taskCount]).toEqual([0, 0]);
    }),
  );
});

it('has a limit that grows with the tasks, without an end', () => {
  const limits = Array.from({ length: 5_000 }, (_, index) => chiSquareLimit(index + 1));
  expect(limits).toEqual(limits.toSorted((one, other) => one - other));
  expect([chiSquareLimit(1), chiSquareLimit(4), chiSquareLimit(5)]).toEqual([3.8415, 7.8147, 14.067]);
  expect(chiSquareLimit(10_001)).toBeCloseTo(10_233.7, 0);
});
