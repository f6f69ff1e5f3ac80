import type { INestApplication } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PUBLIC_ROUTE } from './public.js';
import { routeHandlers } from './route-handlers.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    fields: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Field path to the reason it is refused',
    },
  },
} as const;

const PROBLEM_RESPONSE = {
  description: 'The request cannot be served',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Adds what holds for all routes: parameters of the path, the token (unless public), and problems as errors. */
export function describeRoutes(document: OpenAPIObject, app: INestApplication): OpenAPIObject {
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM as never };
  leaveOutWhatIsBelow(document);
  const open = publicOperations(app);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      addPathParameters(path, operation);
      operation.responses = { ...operation.responses, default: PROBLEM_RESPONSE };
      if (!open.has(operation.operationId ?? '')) operation.security = [{ bearer: [] }];
    }
  }
  return document;
}

/** How Nest writes `*`, whatever comes below a path; and how it numbers the paths of one handler. */
const BELOW = '/{path}';
const NUMBER = /\[\d+\]$/;

/** A route that answers below its path, too, is described once. */
function leaveOutWhatIsBelow(document: OpenAPIObject): void {
  for (const path of Object.keys(document.paths)) {
    const above = document.paths[path.slice(0, -BELOW.length)];
    if (!path.endsWith(BELOW) || !above) continue;
    delete document.paths[path];
    for (const method of METHODS) {
      const operation = above[method];
      if (operation?.operationId) operation.operationId = operation.operationId.replace(NUMBER, '');
    }
  }
}

function addPathParameters(path: string, operation: Operation): void {
  type Parameter = { name: string; in: 'path'; required: boolean; schema: { type: 'string' } };
  const declared = (operation.parameters ?? []) as Partial<Parameter>[];
  const missing: Parameter[] = [...path.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !declared.some((parameter) => parameter.in === 'path' && parameter.name === name))
    .map((name): Parameter => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  operation.parameters = [...missing, ...(operation.parameters ?? [])];
}

/** Operation ids of the routes marked `@Public()`, by Nest's own naming `<controller>_<method>`. */
function publicOperations(app: INestApplication): ReadonlySet<string> {
  const reflector = app.get(Reflector);
  const open = routeHandlers(app.get(ModulesContainer)).filter(({ controller, handler }) =>
    reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [handler, controller]),
  );
  return new Set(open.map(({ controller, name }) => `${controller.name}_${name}`));
}
