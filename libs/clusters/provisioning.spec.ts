import { describe, expect, it } from 'vitest';
import { provisionedAfter, type Provisioned } from './provisioning.js';

const AT = new Date('2026-01-01T00:00:00Z');

/** After reports such as `volumes failed`. */
const after = (...reports: string[]): Provisioned => {
  let present: Provisioned = { provisioning: {}, status: 'available' };
  for (const report of reports) {
    const [step, outcome] = report.split(' ') as ['volumes', 'failed'];
    present = provisionedAfter(present.provisioning, { step, outcome }, AT);
  }
  return present;
};

describe('a cluster', () => {
  it.each([
    ['available', ['instances succeeded']],
    ['available', ['volumes succeeded', 'instances succeeded']],
    ['defunct', ['instances failed']],
    ['defunct', ['volumes failed']],
    ['defunct', ['instances failed', 'volumes succeeded']],
    ['defunct', ['instances failed', 'volumes failed', 'volumes succeeded']],
    ['defunct', ['instances succeeded', 'volumes failed']],
    ['available', ['instances failed', 'instances succeeded']],
    ['available', ['volumes failed', 'instances succeeded']],
    ['available', ['volumes failed', 'volumes succeeded']],
  ])('is %s after %j', (status, reports) => {
    expect(after(...reports).status).toBe(status);
  });

  it('keeps the latest outcome of each step with its time', () => {
    const at = AT.toISOString();
    expect(after('volumes succeeded', 'instances failed').provisioning).toEqual({
      volumes: { outcome: 'succeeded', at },
      instances: { outcome: 'failed', at },
    });
    expect(after('volumes failed', 'instances succeeded').provisioning).toEqual({
      instances: { outcome: 'succeeded', at },
    });
  });
});
