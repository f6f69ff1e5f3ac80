import { describe, expect, it } from 'vitest';
import { FaultScript } from './faults.js';

const DROP = { kind: 'drop' } as const;
const HANG = { kind: 'hang' } as const;
const take = (faults: FaultScript, count: number, operation = 'Put') =>
  Array.from({ length: count }, () => faults.take(operation)?.kind ?? 'none');

describe('the script of faults', () => {
  it('lets a fault come by chance, the same for the same seed', () => {
    const run = (seed: number) => {
      const faults = new FaultScript();
      faults.sometimes('Put', DROP, { probability: 0.2, seed, times: 1_000 });
      return take(faults, 1_000);
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const met = run(1).filter((kind) => kind === 'drop').length;
    expect(met).toBeGreaterThan(150);
    expect(met).toBeLessThan(250);
  });

  it('lets it come no more often than asked, to no other operation, and not before a planned one', () => {
    const faults = new FaultScript();
    faults.sometimes('Put', DROP, { probability: 1, seed: 1, times: 2 });
    faults.next('*', HANG);
    expect(take(faults, 1, 'Get')).toEqual(['hang']);
    faults.next('*', HANG);
    expect(take(faults, 4)).toEqual(['hang', 'drop', 'drop', 'none']);
    faults.sometimes('Put', DROP, { probability: 1, seed: 1, times: 2 });
    expect(take(faults, 1, 'Get')).toEqual(['none']);
    faults.clear();
    expect(take(faults, 1)).toEqual(['none']);
  });
});
