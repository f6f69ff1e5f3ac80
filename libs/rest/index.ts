/**
 * Everything HTTP in general: the Fastify adapter, errors as problem+json, validation, paging, OpenAPI, operations.
 *
 * Every room with controllers and every app that listens may depend on it; it depends on persistence, config,
 * observability and the domain, and never on identity. It leaves to others who may call (identity) and what is served.
 */
export { BytesBody, TakesBytes } from './bytes-body.js';
export * from './configure-http.js';
export * from './extended-problem.js';
export * from './fastify-adapter.js';
export * from './field-problems.js';
export * from './http-options.js';
export * from './http-types.js';
export * from './limits.js';
export * from './open-api.js';
export * from './paging.js';
export * from './public.js';
export * from './rest.module.js';
export * from './route-handlers.js';
export * from './text.js';
