import { swaggerDefinitions } from './swagger-definitions.js';

const reference = (name: keyof typeof swaggerDefinitions) => ({ $ref: `#/definitions/${name}` });

const error = (description: string) => ({ description, schema: reference('api.ErrorResponse') });
const MALFORMED = error('The request cannot be understood; `error` says where');
const LARGE = error('The body is larger than this server takes');
const PACKED = error('The body is compressed otherwise than by gzip');
const BUSY = {
  ...error('Try again: too much is under way, or the storage cannot be reached'),
  headers: { 'Retry-After': { type: 'integer', description: 'In seconds' } },
};
const FAULT = error('A fault of the server; `error` names the id under which it is logged');
const STRANGER = {
  description: 'There is no valid token; the body is a line of text',
  schema: { type: 'string' },
};

/** Either header alone is enough. */
const security = [{ BearerAuth: [] }, { ApiKeyAuth: [] }];

const query = (operationId: string, tag: string, description: string) => ({
  operationId,
  tags: [tag],
  summary: 'Query events and logs',
  description,
  security,
  consumes: ['application/json'],
  produces: ['application/json'],
  parameters: [
    {
      name: 'request',
      in: 'body',
      required: true,
      description: 'API query payload object',
      schema: reference('api.ApiQueryRequest'),
    },
  ],
  responses: {
    200: { description: 'API query response object', schema: reference('api.ApiQueryResponse') },
    400: MALFORMED,
    401: STRANGER,
    413: LARGE,
    415: PACKED,
    500: FAULT,
    503: BUSY,
  },
});

const write = (isClusterNeeded: boolean) => ({
  operationId: 'write',
  tags: ['POST'],
  summary: 'Receive events and logs',
  description:
    'Takes line protocol, as it is or compressed by gzip. All lines are stored before the answer comes, or none of them. ' +
    'Timestamps may be in seconds, milliseconds, microseconds or nanoseconds; without one it is the time of arrival.',
  security,
  consumes: ['text/plain'],
  produces: ['application/json'],
  parameters: [
    {
      name: 'cluster',
      in: 'query',
      type: 'string',
      required: isClusterNeeded,
      description: 'If the lines in the body do not have a cluster tag, use this value instead.',
    },
    { name: 'lines', in: 'body', required: true, schema: { type: 'string' }, description: 'Line protocol' },
  ],
  responses: {
    200: { description: 'All lines are stored; the body is empty' },
    400: MALFORMED,
    401: STRANGER,
    408: error('The body did not arrive in time'),
    413: LARGE,
    415: PACKED,
    500: FAULT,
    503: BUSY,
  },
});

const stats = {
  operationId: 'stats',
  tags: ['GET'],
  summary: 'Get status',
  description: 'What was counted since the start. A counter appears with its first use.',
  security,
  produces: ['application/json'],
  responses: {
    200: { description: 'Event store status', schema: reference('api.Stats') },
    401: STRANGER,
    500: FAULT,
  },
};

/**
 * What `/swagger/doc.json` says. Without a host: it is the one that the document came from. The parameter `cluster` is
 * needed unless there is a default.
 */
export const swaggerDocument = (isClusterNeeded: boolean) => ({
  swagger: '2.0',
  info: {
    title: 'cc-event-store REST API',
    description: 'API for cc-event-store',
    version: '1.0.0',
  },
  basePath: '/api/',
  paths: {
    '/query/': {
      get: query(
        'queryByGet',
        'GET',
        'Query by GET with a body. Browsers cannot send that, this page included: see POST.',
      ),
      post: query('query', 'POST', 'The same with POST.'),
    },
    '/stats/': { get: stats },
    '/write/': { post: write(isClusterNeeded) },
  },
  definitions: swaggerDefinitions,
  securityDefinitions: {
    BearerAuth: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      description: '`Bearer `, followed by a JWT signed with EdDSA',
    },
    ApiKeyAuth: { type: 'apiKey', name: 'X-Auth-Token', in: 'header', description: 'The JWT alone' },
  },
});
