import { Injectable, RequestMethod, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { PUBLIC_ROUTE, RIGHT_NEEDED, routeHandlers, type Handler } from '../../rest/index.js';
import { isRight, RIGHTS, type Right, type RightScope } from './rights.js';

/** A route of the app, and who may call it. */
export interface RouteRule {
  readonly method: string;
  /** `/hub/v1/organizations/:organizationId/…` */
  readonly path: string;
  /** `ClustersController.list` */
  readonly handler: string;
  /** `public`, or the right that it needs. */
  readonly rule: 'public' | Right;
}

/** A route that nobody said who may call: the app does not start with one. */
export class UnguardedRoute extends Error {
  constructor(problems: readonly string[]) {
    super(`Routes without a sound access rule:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'UnguardedRoute';
  }
}

/** Every route of the app with its access rule, from the decorators. The app does not start when one has none. */
@Injectable()
export class RouteRules implements OnApplicationBootstrap {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    this.list();
  }

  /** Throws `UnguardedRoute` when a route has no rule, or one that does not fit its path. */
  list(): RouteRule[] {
    const problems: string[] = [];
    const rules = routeHandlers(this.modules).flatMap(({ controller, name, handler }) => {
      const targets = [handler, controller];
      const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets);
      const right = this.reflector.getAllAndOverride<string | undefined>(RIGHT_NEEDED, targets);
      const rule = isPublic ? ('public' as const) : right;
      return pathsOf(controller, handler).map((path): RouteRule => {
        const problem =
          isPublic && right !== undefined ? 'says both @Public() and @Needs()' : problemWith(path, rule);
        if (problem) problems.push(`${controller.name}.${name} (${path}) ${problem}`);
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
        return { method, path, handler: `${controller.name}.${name}`, rule: rule as RouteRule['rule'] };
      });
    });
    if (problems.length > 0) throw new UnguardedRoute(problems);
    return rules;
  }
}

type Paths = string | string[] | undefined;
const listed = (paths: Paths): string[] => (Array.isArray(paths) ? paths : [paths ?? '']);

function pathsOf(controller: Handler, handler: Handler): string[] {
  const [prefixes, paths] = [controller, handler].map((target) =>
    listed(Reflect.getMetadata(PATH_METADATA, target) as Paths),
  );
  return (prefixes ?? []).flatMap((prefix) =>
    (paths ?? []).map((path) => `/${[prefix, path].join('/').split('/').filter(Boolean).join('/')}`),
  );
}

/** Rights that hold somewhere else than in what the path names. */
const HAVE_NO_PLACE: readonly RightScope[] = ['hub', 'account', 'token'];

function problemWith(path: string, rule: string | undefined): string | undefined {
  if (rule === undefined) return 'has no rule: say @Needs(right) or @Public()';
  const inOrganization = path.includes('/:organizationId');
  const inProject = path.includes('/:projectId');
  if (rule === 'public') return inOrganization ? 'is public, but within an organization' : undefined;
  if (!isRight(rule)) return `needs ${rule}, which is no right`;
  const place = inProject ? 'project' : inOrganization ? 'organization' : undefined;
  const { scope } = RIGHTS[rule];
  const fits = place === undefined ? HAVE_NO_PLACE.includes(scope) : scope === place;
  return fits ? undefined : `needs ${rule}, which is a right in the ${scope}`;
}
