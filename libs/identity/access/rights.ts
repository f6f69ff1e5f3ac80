import type { MemberRole } from '../../persistence/index.js';

/** Who somebody can be in an organization or project. An `ingest` token belongs to one project, writes facts and asks for its events. */
export type Role = MemberRole | 'ingest';

/**
 * Where a right holds: in the hub as a whole, for one's own account, in the organization or the project of the path, or in
 * the project of the ingest token that the request comes with.
 */
export type RightScope = 'hub' | 'account' | 'organization' | 'project' | 'token';

interface RightRule {
  readonly scope: RightScope;
  /** Who has it besides operators, who have every right but those of a token. None for the hub; in `account` it is everybody's. */
  readonly roles: readonly Role[];
}

const EVERYBODY = ['owner', 'admin', 'member'] as const;
const ADMINS = ['owner', 'admin'] as const;

const hub = { scope: 'hub', roles: [] } as const;
const account = { scope: 'account', roles: [] } as const;
const organization = (roles: readonly Role[]) => ({ scope: 'organization', roles }) as const;
const project = (roles: readonly Role[]) => ({ scope: 'project', roles }) as const;
const token = { scope: 'token', roles: ['ingest'] } as const;

/** Everything that can be done through the API, and by whom: the one place where that is said. */
export const RIGHTS = {
  'hub.observe': hub,
  'hub.accounts.manage': hub,
  'organizations.create': hub,

  'account.own': account,
  'organizations.list': account,

  'organization.read': organization(EVERYBODY),
  'organization.manage': organization(['owner']),
  'members.read': organization(EVERYBODY),
  'members.manage': organization(ADMINS),
  'audit.read': organization(ADMINS),
  'projects.list': organization(EVERYBODY),
  'projects.create': organization(ADMINS),
  'integrations.options': organization(EVERYBODY),

  'project.read': project(EVERYBODY),
  'project.manage': project(ADMINS),
  'clusters.read': project(EVERYBODY),
  'clusters.manage': project(ADMINS),
  'integrations.read': project(EVERYBODY),
  'integrations.manage': project(ADMINS),
  'issues.read': project(EVERYBODY),
  'issues.acknowledge': project(EVERYBODY),
  'facts.read': project([...EVERYBODY, 'ingest']),
  'facts.read.own': token,
  'facts.write': project([...ADMINS, 'ingest']),
  'facts.write.own': token,
  'ingest-tokens.manage': project(ADMINS),
} as const satisfies Record<string, RightRule>;

export type Right = keyof typeof RIGHTS;

export const isRight = (name: string): name is Right => Object.hasOwn(RIGHTS, name);

/** Whether a role has a right in its organization or project. */
export const hasRight = (role: Role, right: Right): boolean =>
  (RIGHTS[right].roles as readonly Role[]).includes(role);
