const text = (description: string) => ({ type: 'string', description }) as const;
const seconds = (description: string) => ({ type: 'integer', format: 'int64', description }) as const;
const count = (description: string) => ({ type: 'integer', minimum: 1, description }) as const;
const object = { type: 'object', additionalProperties: true } as const;
const counters = { type: 'object', additionalProperties: { type: 'integer' } } as const;
const section = { type: 'object', properties: { errors: counters, status: counters } } as const;
const listOf = <Items>(items: Items, description: string) => ({ type: 'array', items, description }) as const;
const STRING = { type: 'string' } as const;

/** The objects of the API, by the names that cc-event-store gives them. */
export const swaggerDefinitions = {
  'api.ApiQueryRequest': {
    type: 'object',
    properties: {
      cluster: text('Name of the cluster'),
      from: seconds('First moment, included, in seconds since 1970; 0 when absent'),
      to: seconds('Last moment, included, in seconds since 1970; now when absent or 0'),
      queries: listOf({ $ref: '#/definitions/api.ApiQuery' }, 'Each is answered by one list of `results`'),
      'for-all-nodes': listOf(
        STRING,
        'Names of events: one query each for every host of the cluster is added to `queries`, and echoed in the answer',
      ),
      details: {
        type: 'boolean',
        description: 'Whether the answer says more of each record than its payload',
      },
      limit: count('Records of each entry at most'),
    },
  },
  'api.ApiQuery': {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['event', 'log'], default: 'event' },
      event: text('Name of the message, not its payload; any when absent'),
      host: text('Host name, exactly; any when absent'),
      type: text('Such as `node`; any when absent'),
      'type-ids': listOf(STRING, 'One entry of the answer each'),
      subtype: text('Any when absent'),
      'subtype-ids': listOf(STRING, 'One entry of the answer each, for each of `type-ids`'),
      limit: count('As that of the request, for this query'),
      cursor: text('`next` of an entry: what comes after it'),
    },
  },
  'api.ApiQueryResponse': {
    type: 'object',
    properties: {
      queries: listOf(
        { $ref: '#/definitions/api.ApiQuery' },
        'All queries, where `for-all-nodes` added some',
      ),
      results: listOf(
        { type: 'array', items: { $ref: '#/definitions/api.ApiMetricData' } },
        'One list for each query, with one entry for each pair of its ids',
      ),
    },
  },
  'api.ApiMetricData': {
    type: 'object',
    properties: {
      data: listOf(
        { $ref: '#/definitions/api.ApiMetricDataEntry' },
        'By time, and in the order of storage within a time; absent when there is none',
      ),
      error: text('Why there is no data of this entry; the others are answered all the same'),
      from: seconds('In seconds since 1970'),
      to: seconds('In seconds since 1970'),
      next: text('There is more: ask again with it as the `cursor` of the query'),
    },
  },
  'api.ApiMetricDataEntry': {
    type: 'object',
    properties: {
      Event: text('Payload of an event'),
      Log: text('Text of a log line'),
      timestamp: seconds('In seconds since 1970'),
      name: text('With `details`, as all that follow: name of the message'),
      hostname: STRING,
      type: STRING,
      'type-id': STRING,
      stype: STRING,
      'stype-id': STRING,
      tags: { ...object, description: 'All other tags' },
      fields: { ...object, description: 'All other fields' },
      time: { type: 'string', format: 'date-time', description: 'With milliseconds' },
    },
  },
  'api.Stats': {
    type: 'object',
    properties: {
      manager: section,
      backend: section,
      info: {
        type: 'object',
        properties: { retention_time: STRING, flush_time: STRING, backend_type: STRING },
      },
    },
  },
  'api.ErrorResponse': {
    type: 'object',
    properties: { status: text('Statustext of Errorcode'), error: text('Error Message') },
  },
} as const;
