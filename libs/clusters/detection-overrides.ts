import type { ClusterEntity } from '../persistence/index.js';
import type { DetectionChange } from './detection-change.schema.js';

type Overrides = ClusterEntity['detection'];

/**
 * The overrides after a change: what is absent stays, a member that is null goes back to the hub's value, a kind that is
 * null with all its members, and null as a whole takes everything back. Nothing empty remains.
 */
export function overridesAfter(present: Overrides, change: DetectionChange | null | undefined): Overrides {
  if (change === undefined) return present;
  if (change === null) return {};
  const kinds = new Set([...Object.keys(present), ...Object.keys(change)]);
  return Object.fromEntries(
    [...kinds].flatMap((kind) => {
      const members = membersAfter(present[kind] ?? {}, change[kind]);
      return Object.keys(members).length === 0 ? [] : [[kind, members] as const];
    }),
  );
}

function membersAfter(present: Overrides[string], change: DetectionChange[string]): Overrides[string] {
  if (change === undefined) return present;
  if (change === null) return {};
  const members = Object.entries({ ...present, ...change });
  return Object.fromEntries(
    members.flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value] as const],
    ),
  );
}
