/**
 * Who may do what, said a second time and by hand: `libs/identity/access/rights.ts` is not read here, so that a right
 * that was loosened or narrowed there fails the matrix until it is changed here, too.
 */

type Roles = 'owner' | 'admin' | 'member' | 'ingest';
type Place = 'hub' | 'account' | 'organization' | 'project' | 'token';

interface Expected {
  readonly place: Place;
  /** Who may besides operators. */
  readonly roles: readonly Roles[];
}

const may = (place: Place, roles = ''): Expected => ({
  place,
  roles: roles === '' ? [] : (roles.split(' ') as Roles[]),
});

export const ORACLE: Readonly<Record<string, Expected>> = {
  'hub.observe': may('hub'),
  'hub.accounts.manage': may('hub'),
  'organizations.create': may('hub'),
  'account.own': may('account'),
  'organizations.list': may('account'),
  'organization.read': may('organization', 'owner admin member'),
  'organization.manage': may('organization', 'owner'),
  'members.read': may('organization', 'owner admin member'),
  'members.manage': may('organization', 'owner admin'),
  'audit.read': may('organization', 'owner admin'),
  'projects.list': may('organization', 'owner admin member'),
  'projects.create': may('organization', 'owner admin'),
  'integrations.options': may('organization', 'owner admin member'),
  'project.read': may('project', 'owner admin member'),
  'project.manage': may('project', 'owner admin'),
  'clusters.read': may('project', 'owner admin member'),
  'clusters.manage': may('project', 'owner admin'),
  'integrations.read': may('project', 'owner admin member'),
  'integrations.manage': may('project', 'owner admin'),
  'issues.read': may('project', 'owner admin member'),
  'issues.acknowledge': may('project', 'owner admin member'),
  'facts.read': may('project', 'owner admin member ingest'),
  'facts.read.own': may('token', 'ingest'),
  'facts.write': may('project', 'owner admin ingest'),
  'facts.write.own': may('token', 'ingest'),
  'ingest-tokens.manage': may('project', 'owner admin'),
};

/** Somebody as the oracle knows them. */
export interface Standing {
  /** A token that nobody may use: absent, expired, revoked, of a deactivated account. */
  readonly isDead?: boolean;
  readonly isOperator?: boolean;
  readonly organizationId?: string;
  /** Null for an inactive member. */
  readonly role?: Roles | null;
  /** Of an ingest token. */
  readonly projectId?: string;
}

/** A place as a path names it, and whether it is there. */
export interface NamedPlace {
  readonly organizationId: string;
  readonly projectId: string;
  readonly hasOrganization: boolean;
  /** Whether the project is there and of that organization. */
  readonly hasProject: boolean;
}

export type Verdict = 'allowed' | 401 | 403 | 404;

/** What a request that needs `right` is answered. Throws for a right that the oracle does not know. */
export function verdictOn(right: string, who: Standing, where: NamedPlace): Verdict {
  const expected = ORACLE[right];
  if (!expected) throw new Error(`The oracle does not know the right ${right}: say who has it`);
  const { place, roles } = expected;
  if (who.isDead) return 401;
  if (place === 'hub') return who.isOperator ? 'allowed' : 403;
  if (place === 'token') return who.role === 'ingest' ? 'allowed' : 403;
  if (place === 'account') return who.role === 'ingest' ? 403 : 'allowed';
  const isThere = place === 'project' ? where.hasProject : where.hasOrganization;
  if (!isThere) return 404;
  if (who.isOperator) return 'allowed';
  if (who.organizationId !== where.organizationId || !who.role) return 404;
  if (who.role === 'ingest' && place === 'project' && who.projectId !== where.projectId) return 404;
  return roles.includes(who.role) ? 'allowed' : 403;
}
