import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ID_PATTERN, notFound, Problem, unauthorized } from '../../domain/index.js';
import { AccessStore, Database, type IngestStanding, type Standing } from '../../persistence/index.js';
import { LASTING_TOKEN_ROUTE, PUBLIC_ROUTE, RIGHT_NEEDED, type HttpRequest } from '../../rest/index.js';
import type { TenantRequest } from '../tenant.js';
import { Authenticator, type Identity } from './authenticator.js';
import { bearerTokenOf } from './bearer-token.js';
import type { Caller, CallerRequest } from './caller.js';
import { OUTLIVES_PROJECT } from './needs.js';
import { hasRight, RIGHTS, type Right, type RightScope, type Role } from './rights.js';

/** What a route says of who may call it. */
interface Rule {
  readonly right: Right;
  /** It goes on answering when its project was deleted. */
  readonly outlives: boolean;
}

interface Place {
  readonly organizationId?: string;
  readonly projectId?: string;
}

/**
 * The one place where it is decided whether a request may pass: who calls (`Authorization: Bearer`), whether the path's
 * organization and project are there and any of the caller's business (404 when not, the two are not told apart), and
 * whether the caller's role there has the right that the route needs (403 when not).
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly store = new AccessStore();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly database: Database,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const metadata = (key: string): unknown => this.reflector.getAllAndOverride(key, targets);
    if (metadata(PUBLIC_ROUTE)) return true;
    const right = metadata(RIGHT_NEEDED) as Right | undefined;
    if (right === undefined) throw new Error('This route has no access rule');
    const request = context
      .switchToHttp()
      .getRequest<CallerRequest & TenantRequest & { identity?: Identity }>();
    // Of a request with a body it is known already.
    const identity =
      request.identity ?? (await this.identify(request, metadata(LASTING_TOKEN_ROUTE) === true));
    const place = request.params as Place;
    request.caller =
      identity.kind === 'ingest'
        ? ingestCaller(identity.standing, place, right)
        : await this.account(identity, place, { right, outlives: metadata(OUTLIVES_PROJECT) === true });
    const { organizationId, projectId } = RIGHTS[right].scope === 'token' ? tenantOf(request.caller) : place;
    if (organizationId !== undefined && projectId !== undefined)
      request.tenant = { organizationId, projectId };
    return true;
  }

  private identify(request: HttpRequest, acceptsRefreshToken: boolean): Promise<Identity> {
    return this.authenticator.identify(bearerTokenOf(request), { acceptsRefreshToken });
  }

  private async account(
    identity: Extract<Identity, { kind: 'account' }>,
    place: Place,
    rule: Rule,
  ): Promise<Caller> {
    const { accountId, tokenId } = identity;
    const asked = areIds(place) ? place : {};
    const standing = await this.store.standing(this.database, accountId, tokenId, asked);
    if (!standing) throw unauthorized('The token was revoked, or its account is not active any more.');
    const hasMfa = identity.isVouchedFor || standing.tokenMfa;
    mayPass(rule, standing, hasMfa);
    const { email, name, isOperator } = standing;
    return { kind: 'account', accountId, who: email ?? name, isOperator, hasMfa, tokenId };
  }
}

function ingestCaller(standing: IngestStanding, place: Place, right: Right): Caller {
  const { scope } = RIGHTS[right];
  const { organizationId, projectId, tokenId, label } = standing;
  if (place.organizationId !== undefined && place.organizationId !== organizationId) throw missing(scope);
  if (place.projectId !== undefined && place.projectId !== projectId) throw missing(scope);
  if (!hasRight('ingest', right))
    throw forbidden('An ingest token can only write facts into its project, and query its events.');
  return { kind: 'ingest', who: `ingest token "${label}"`, organizationId, projectId, tokenId };
}

/** The one that its token belongs to: for paths that name none. */
const tenantOf = (caller: Caller): Place => (caller.kind === 'ingest' ? caller : {});

/** Throws the `Problem` that keeps somebody out. */
export function mayPass({ right, outlives }: Rule, standing: Standing, hasMfa: boolean): void {
  const { scope } = RIGHTS[right];
  const { isOperator, role, hasOrganization, requiresMfa } = standing;
  const hasProject = outlives ? standing.hadProject : standing.hasProject;
  if (scope === 'account') return;
  if (scope === 'hub') {
    if (!isOperator) throw forbidden('Only an operator of this hub may do this.');
    return;
  }
  if (scope === 'token') {
    throw forbidden(
      'Under this path only an ingest token writes and asks, in its project. With this token go to /hub/v1/organizations/{organizationId}/projects/{projectId}/api/write, query or stats.',
    );
  }
  const isInside = hasOrganization && (isOperator || role !== null);
  if (!isInside || (scope === 'project' && !hasProject)) throw missing(scope);
  if (requiresMfa && !hasMfa) {
    throw forbidden(
      'This organization is open only to tokens that were got with a second factor. Set one up at /hub/v1/account/mfa, then sign in again.',
    );
  }
  if (!isOperator && !hasRight(role!, right))
    throw forbidden(`Your role in this organization is ${role}; this needs ${rolesWith(right)}.`);
}

/** What a person can be; an ingest token is no role to ask for. */
const rolesWith = (right: Right): string =>
  (RIGHTS[right].roles as readonly Role[]).filter((role) => role !== 'ingest').join(' or ');

const forbidden = (detail: string) => new Problem(403, 'Forbidden', detail);
const missing = (scope: RightScope) => notFound(scope === 'project' ? 'project' : 'organization');

const areIds = ({ organizationId, projectId }: Place): boolean =>
  [organizationId, projectId].every((id) => id === undefined || ID_PATTERN.test(id));
