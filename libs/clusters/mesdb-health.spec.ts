import { describe, expect, it } from 'vitest';
import { healthOf } from './mesdb-health.js';

const issue = (kind: string, severity: 'info' | 'warning' | 'critical') => ({ kind, severity });
const warning = issue('disk-usage', 'warning');
const critical = issue('unreachable-node', 'critical');
const leaderless = issue('cluster-consensus', 'critical');

describe('health', () => {
  it.each([
    ['nothing', [], 'ok'],
    ['a remark', [issue('backup-overdue', 'info')], 'issues-detected'],
    ['warnings', [warning, issue('cluster-consensus', 'warning')], 'issues-detected'],
    ['something critical', [critical], 'degraded'],
    ['something critical among warnings', [warning, critical, warning], 'degraded'],
    ['that nobody leads', [leaderless], 'down'],
    ['that nobody leads, among all else', [warning, critical, leaderless], 'down'],
  ] as const)('with %s open', (_what, open, expected) => {
    expect(healthOf(open, true)).toBe(expected);
  });

  it('is not known of a cluster that nobody saw, unless something is open at it', () => {
    expect(healthOf([], false)).toBe('health-reporting-error');
    expect(healthOf([warning], false)).toBe('issues-detected');
    expect(healthOf([leaderless], false)).toBe('down');
  });
});
