import type { AuditEntity } from '../../persistence/index.js';
import { pageOf } from '../../rest/index.js';

const entryView = (entry: AuditEntity) => ({
  // The clients need a text, also for what belongs to no organization.
  organizationId: entry.organizationId ?? '',
  message: entry.message,
  user: entry.who,
  service: entry.service,
  urn: entry.urn,
  time: entry.time.toISOString(),
  action: entry.action,
  projectId: entry.projectId,
  changed: entry.changed,
  tokenId: entry.tokenId,
  address: entry.address,
  requestId: entry.requestId,
});

/** A page of the audit log, from entries of which there is one more than `limit` when another page follows. */
export function auditPage(entries: readonly AuditEntity[], limit: number) {
  const cursorOf = ({ time, seq }: AuditEntity) => `${time.getTime()}-${seq}`;
  const { items, next } = pageOf(entries, limit, cursorOf);
  return { logs: items.map(entryView), next };
}
