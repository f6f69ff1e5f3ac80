import type { OpenCondition } from '../persistence/index.js';

/** How a cluster is, in the words of Event Store Cloud. */
export type MesdbHealth = 'ok' | 'issues-detected' | 'degraded' | 'down' | 'health-reporting-error';

type Condition = Pick<OpenCondition, 'kind' | 'severity'>;

/**
 * From what is open at a cluster. The detector of consensus calls it critical exactly when no answer shows a leader:
 * because there is none, or because no node, or the only one, answers. Without open issues it is well only if
 * somebody looked: `isObserved` says whether some node answered lately.
 */
export function healthOf(open: readonly Condition[], isObserved: boolean): MesdbHealth {
  const critical = open.filter(({ severity }) => severity === 'critical');
  if (critical.some(({ kind }) => kind === 'cluster-consensus')) return 'down';
  if (critical.length > 0) return 'degraded';
  if (open.length > 0) return 'issues-detected';
  return isObserved ? 'ok' : 'health-reporting-error';
}
