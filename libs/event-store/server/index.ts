/**
 * The REST API that cc-event-store has: `/api/write`, `/api/query`, `/api/stats`, its tokens and its Swagger pages, on a
 * server of its own. It knows HTTP and nothing else: what is written and asked goes to functions that it is given.
 */
export type { ApiParts, ApiServer, ApiSettings } from './api-parts.js';
export { API_LIMITS, type ApiLimits } from './api-limits.js';
export { createApiServer, isProtected } from './create-api-server.js';
export { BadPublicKey } from './public-key.js';
