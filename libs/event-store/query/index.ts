/**
 * What `/api/query/` is asked and answers, as cc-event-store declares it and more. Without framework, database or clock:
 * records come from an `EventReader`.
 */
export * from './answer-query.js';
export * from './bad-query.js';
export * from './counting-reader.js';
export { MAX_LIMIT, readQueryRequest, type QueryRequest, type RecordQuery } from './query-request.js';
export type { Datum, QueryEntry, QueryResponse } from './query-response.js';
