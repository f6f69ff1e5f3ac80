import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadQuery, MAX_LIMIT, readQueryRequest } from './index.js';

const NOW_MS = Date.UTC(2026, 10, 28);
const read = (body: unknown) =>
  readQueryRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), NOW_MS);

describe('the body of a query', () => {
  it('is read as the contract has it', () => {
    const query = { event: 'job', host: 'a', type: 'core', 'type-ids': ['0', '1'], subtype: null };
    expect(read({ cluster: 'tc', from: 1, to: 2, queries: [query], 'for-all-nodes': ['slurm'] })).toEqual({
      cluster: 'tc',
      from: 1,
      to: 2,
      forAllNodes: ['slurm'],
      details: false,
      limit: MAX_LIMIT,
      queries: [
        {
          kind: 'event',
          event: 'job',
          host: 'a',
          type: 'core',
          typeIds: ['0', '1'],
          subtype: undefined,
          subtypeIds: [],
          limit: MAX_LIMIT,
          after: undefined,
        },
      ],
    });
  });

  it('may have names in any case, members that nobody knows, and something after it', () => {
    const body =
      ' {"CLUSTER":"tc","From":5,"tO":6,"Queries":[{"EVENT":"job","Type-IDs":["0"],"x":{}}],"y":1} trailing {';
    expect(read(body)).toMatchObject({
      cluster: 'tc',
      from: 5,
      to: 6,
      queries: [{ event: 'job', typeIds: ['0'] }],
    });
  });

  it('goes from the beginning to now when it does not say', () => {
    expect(read({ cluster: 'tc', queries: [{}] })).toMatchObject({ from: 0, to: NOW_MS / 1_000 });
    expect(read({ cluster: 'tc', from: 0, to: 0, queries: [{}] })).toMatchObject({ to: NOW_MS / 1_000 });
  });

  it('has limits, cursors and kinds beyond the contract', () => {
    const [one, other] = read({
      cluster: 'tc',
      limit: 7,
      queries: [{ kind: 'log' }, { limit: 1e9, cursor: '1000-5' }],
    }).queries;
    expect(one).toMatchObject({ kind: 'log', limit: 7 });
    expect(other).toMatchObject({ kind: 'event', limit: MAX_LIMIT, after: { timeMs: 1_000, id: 5 } });
  });

  it.each<[unknown, RegExp]>([
    ['', /^failed to parse API request: EOF$/],
    ['  \n', /EOF/],
    ['{', /^failed to parse API request: /],
    ['[]', /the body is no object/],
    ['null', /the body is no object/],
    ['"x"', /the body is no object/],
    ['nonsense', /^failed to parse API request: /],
    [{ cluster: 1 }, /"cluster" is no text/],
    [{ cluster: 'a\0' }, /"cluster" holds a NUL/],
    [{ cluster: 'tc', queries: [{ 'type-ids': ['0', '\0'] }] }, /"type-ids" holds a NUL/],
    [{ cluster: 'tc', from: '1' }, /"from"/],
    [{ cluster: 'tc', from: 1.5 }, /"from"/],
    [{ cluster: 'tc', to: 1e300 }, /"to"/],
    [{ cluster: 'tc', from: 2, to: 1 }, /"from" is after "to"/],
    [{ cluster: 'tc', queries: {} }, /"queries" is no list/],
    [{ cluster: 'tc', queries: [1] }, /queries\[0\] is no object/],
    [{ cluster: 'tc', queries: [{ 'type-ids': [0] }] }, /"type-ids"/],
    [{ cluster: 'tc', queries: [{ kind: 'metric' }] }, /kind/],
    [{ cluster: 'tc', queries: [{ cursor: 'x' }] }, /cursor/],
    [{ cluster: 'tc', limit: 0 }, /"limit"/],
    [{ cluster: 'tc', details: 1 }, /"details"/],
    [{ 'for-all-nodes': ['job'] }, /"cluster" is missing/],
    [{ queries: [{}] }, /"cluster" is missing/],
    [{ cluster: 'tc', queries: Array.from({ length: 10_001 }, () => ({})) }, /10000/],
  ])('%j is refused: %s', (body, message) => {
    expect(() => read(body)).toThrow(BadQuery);
    expect(() => read(body)).toThrow(message);
  });

  it('is a request or a bad query, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.dictionary(fc.constantFrom('cluster', 'queries', 'from'), fc.json()),
        ),
        (body) => {
          try {
            expect(read(body).limit).toBe(MAX_LIMIT);
          } catch (error) {
            expect(error).toBeInstanceOf(BadQuery);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
