import { badRequest } from '../../domain/index.js';
import type { NamedThingsStore, Queryable } from '../../persistence/index.js';
import type { HoldMatcher } from './hold.js';

const WHAT = { clusterIds: 'cluster', nodeIds: 'node', integrationIds: 'integration' } as const;
type Member = keyof typeof WHAT;

/**
 * Throws a 400 naming every cluster, node and integration in the matcher at `path` that the project does not have. Those
 * that are `stored` already are legal: what was removed may be sent again.
 */
export async function requireKnownNames(
  db: Queryable,
  store: NamedThingsStore,
  projectId: string,
  path: string,
  matcher: HoldMatcher,
  stored: HoldMatcher = {},
): Promise<void> {
  const problems: [string, string][] = [];
  for (const member of Object.keys(WHAT) as Member[]) {
    const [ids, known] = [matcher[member] ?? [], stored[member] ?? []];
    const added = ids.filter((id) => !known.includes(id));
    if (added.length === 0) continue;
    const present = await store.present(db, projectId, WHAT[member], added);
    for (const [index, id] of ids.entries())
      if (!known.includes(id) && !present.has(id))
        problems.push([`${path}.${member}[${index}]`, `is no ${WHAT[member]} of this project`]);
  }
  if (problems.length > 0) throw badRequest(Object.fromEntries(problems));
}
