import type { IntegrationEntity, StormRow } from '../../persistence/index.js';
import type { StormCard } from '../../sinks/index.js';
import type { Subject } from '../subject.js';

/** Issues that a summary names, at most. */
export const ITEMS_AT_MOST = 30;

/** The summary of a storm as what its delivery is about. `seq`: the storm's event that the row was read at, or before. */
export function stormSubject(card: StormCard, seq: number): Subject {
  return {
    now: { seq, status: card.status, severity: card.severity },
    held: null,
    send: (sink, action, mirror, call) => {
      if (!sink.summarise) throw new Error('The sink cannot sum up a storm');
      return sink.summarise(card, action === 'open' ? null : mirror.ref, call);
    },
    readBack: () => Promise.reject(new Error('A summary is not read back')),
  };
}

/** A storm without members, because all of them got messages of their own, is over. */
export function stormCard(
  row: StormRow,
  integration: IntegrationEntity | undefined,
  publicUrl: string | undefined,
  now: Date,
): StormCard {
  return {
    status: row.open > 0 ? 'open' : 'closed',
    severity: row.severity ?? 'info',
    projectName: row.projectName,
    since: row.since ?? now,
    updatedAt: row.updatedAt ?? now,
    total: row.total,
    open: row.open,
    items: row.items,
    listUrl: integration && publicUrl ? listUrl(publicUrl, integration) : null,
  };
}

function listUrl(publicUrl: string, { organizationId, projectId }: IntegrationEntity): string {
  const base = publicUrl.replace(/\/+$/, '');
  return `${base}/hub/v1/organizations/${organizationId}/projects/${projectId}/issues?status=open`;
}
