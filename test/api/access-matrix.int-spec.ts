import { Controller, Get, type Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Needs, RIGHTS, RouteRules, type Right, type RouteRule } from '../../libs/identity/index.js';
import { Public } from '../../libs/rest/index.js';
import { ORACLE, verdictOn, type NamedPlace } from './access-oracle.js';
import { RIGHT_OF_ROUTE } from './route-rights.js';
import { accessWorld, UNKNOWN_ID, type AccessWorld, type TestCaller } from './access-world.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer, type Method } from './api-client.js';
import { databaseContents } from './database-contents.js';

/** Refused by every schema, so that who may create something creates nothing here. */
const UNFIT_BODY: readonly unknown[] = [];
const TENANT_DETAILS = ['There is no such organization.', 'There is no such project.'];

let api: ApiApp;
let operator: ApiClient;
let routes: readonly RouteRule[];
let world: AccessWorld;

beforeAll(async () => {
  api = await startApiApp();
  operator = new ApiClient(api.app);
  await operator.signIn();
  routes = api.app
    .get(RouteRules)
    .list()
    .filter(({ rule }) => rule !== 'public');
  world = await accessWorld(api, operator);
});
afterAll(() => api.close());

const urlOf = ({ path }: RouteRule, { organizationId, projectId }: NamedPlace): string =>
  path
    .replace(':organizationId', encodeURIComponent(organizationId))
    .replace(':projectId', encodeURIComponent(projectId))
    .replaceAll(/:\w+/g, UNKNOWN_ID);

function call(route: RouteRule, caller: TestCaller, place: NamedPlace): Promise<Answer> {
  const method = route.method as Method;
  const body = method === 'GET' || method === 'DELETE' ? undefined : UNFIT_BODY;
  return operator.call(method, urlOf(route, place), body, { ...caller.headers });
}

interface Case {
  readonly route: RouteRule;
  readonly caller: TestCaller;
  readonly where: string;
  readonly verdict: ReturnType<typeof verdictOn>;
}

const casesOf = (of: AccessWorld): Case[] => {
  const places = Object.entries(of.places);
  return routes.flatMap((route) =>
    of.callers.flatMap((caller) =>
      places.map(([where, place]) => {
        return { route, caller, where, verdict: verdictOn(route.rule, caller, place) };
      }),
    ),
  );
};

let cases: { readonly of: AccessWorld; readonly list: readonly Case[] } | undefined;
function caseAt(index: number): Case {
  if (cases?.of !== world) cases = { of: world, list: casesOf(world) };
  return cases.list[index]!;
}

const named = ({ route, caller, where }: Case): string =>
  `${caller.name}: ${route.method} ${route.path} (${route.rule}) in ${where}`;

/** An answer without what names the request. */
function comparable({ status, json, headers }: Answer): string {
  const { instance: _instance, ...body } = json as Record<string, unknown>;
  const { 'x-request-id': _id, date: _date, ...rest } = headers;
  return JSON.stringify([status, body, { ...rest, 'content-length': undefined }]);
}

it('the oracle knows every right, and no other', () => {
  expect(Object.keys(ORACLE).sort()).toEqual(Object.keys(RIGHTS).sort());
  for (const [right, { place }] of Object.entries(ORACLE))
    expect([right, RIGHTS[right as Right].scope]).toEqual([right, place]);
});

it(
  'keeps everybody out of everything that is not theirs, and nothing changes',
  { timeout: 180_000 },
  async () => {
    const forbidden = casesOf(world).filter(({ verdict }) => verdict !== 'allowed');
    expect(forbidden.length).toBeGreaterThan(1_000);
    const before = await databaseContents(api.database);
    const wrong: string[] = [];
    const missing = new Map<string, Set<string>>();
    for (const item of forbidden) {
      const answer = await call(item.route, item.caller, world.places[item.where]!);
      if (answer.status !== item.verdict)
        wrong.push(`${named(item)}: ${answer.status} instead of ${item.verdict}`);
      else if (item.verdict === 404) {
        const key = `${item.caller.name} ${item.route.method} ${item.route.path}`;
        missing.set(key, (missing.get(key) ?? new Set()).add(comparable(answer)));
      }
    }
    expect(wrong).toEqual([]);
    expect(missing.size).toBeGreaterThan(100);
    // What is foreign cannot be told from what is unknown, malformed, or somewhere else.
    expect([...missing].filter(([, answers]) => answers.size > 1)).toEqual([]);
    expect(await databaseContents(api.database)).toEqual(before);
  },
);

it('lets everybody do what is theirs', { timeout: 180_000 }, async () => {
  const wrong: string[] = [];
  let allowed = 0;
  for (const [index] of casesOf(world).entries()) {
    // The world may have been built afresh since: its cases are the same, of other people.
    const item = caseAt(index);
    if (item.verdict !== 'allowed') continue;
    allowed += 1;
    const { status, json } = await call(item.route, item.caller, world.places[item.where]!);
    const isTenantMissing = status === 404 && TENANT_DETAILS.includes(json?.detail);
    if (status === 401 || status === 403 || isTenantMissing || status >= 500)
      wrong.push(`${named(item)}: ${status} ${json?.detail}`);
    // An organization that was deleted, an account that left: everybody starts again.
    if (item.route.method !== 'GET' && status < 300) world = await accessWorld(api, operator);
  }
  expect(wrong).toEqual([]);
  expect(allowed).toBeGreaterThan(100);
});

it('needs the right that was meant for it, on every route', () => {
  const offered = api.app
    .get(RouteRules)
    .list()
    .filter(({ handler }) => !handler.startsWith('UnsupportedController.'));
  const actual = offered.map(({ method, path, rule }) => [`${method} ${path}`, rule]);
  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(RIGHT_OF_ROUTE));
});

describe('a route', () => {
  @Controller('unguarded')
  class UnguardedController {
    @Get()
    get() {}
  }
  @Needs('issues.read')
  @Controller('hub/v1/organizations/:organizationId/misplaced')
  class ProjectRightElsewhereController {
    @Get()
    get() {}
  }
  @Needs('organizations.list')
  @Controller('hub/v1/organizations/:organizationId/projects/:projectId/misplaced')
  class AccountRightInProjectController {
    @Get()
    get() {}
  }
  @Needs('facts.write.own')
  @Controller('hub/v1/organizations/:organizationId/projects/:projectId/misplaced')
  class TokenRightInProjectController {
    @Get()
    get() {}
  }
  @Public()
  @Controller('hub/v1/organizations/:organizationId/open')
  class OpenController {
    @Get()
    get() {}
  }
  @Public()
  @Controller('contradictory')
  class ContradictoryController {
    @Needs('hub.observe')
    @Get()
    get() {}
  }
  @Needs('issues.rea' as Right)
  @Controller('misspelt')
  class MisspeltController {
    @Get()
    get() {}
  }

  it.each<[string, Type, string]>([
    ['without a rule', UnguardedController, 'UnguardedController.get (/unguarded) has no rule'],
    ['with a right of another place', ProjectRightElsewhereController, 'is a right in the project'],
    ['within a project, with a right of one own account', AccountRightInProjectController, 'in the account'],
    ['within a project, with a right of a token', TokenRightInProjectController, 'in the token'],
    ['open to everybody within an organization', OpenController, 'is public, but within an organization'],
    ['that is public and is not', ContradictoryController, 'says both @Public() and @Needs()'],
    ['with a right that does not exist', MisspeltController, 'issues.rea, which is no right'],
  ])('%s keeps the app from starting', async (_what, controller, sentence) => {
    await expect(startApiApp({ controllers: [controller] })).rejects.toThrow(sentence);
  });
});
