import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ran, StandIn, TOKEN } from './stand-in.fixture.js';

let store: StandIn;
beforeEach(async () => {
  store = new StandIn();
  await store.start();
});
afterEach(() => store.stop());

const query = (...args: string[]) =>
  ran(['query', '--url', store.url, '--token', TOKEN, '--cluster', 'tc', ...args]);
const T0 = Date.UTC(2026, 0, 31, 12);
const ALL = ['--from', '2026-01-31T00:00Z', '--to', '2026-02-01T00:00Z'];
const events = (output: string) =>
  output
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { Event?: string }).Event);

describe('a query', () => {
  it('asks as the contract has it', async () => {
    await query(
      ...ALL,
      ...'--name job --host a --type core --type-id 0 --stype app --stype-id 1 --kind log'.split(' '),
    );
    const [{ method, url, headers, body } = { body: '' }] = store.requests;
    expect([method, url, headers?.authorization]).toEqual(['POST', '/api/query/', `Bearer ${TOKEN}`]);
    expect(JSON.parse(body)).toEqual({
      cluster: 'tc',
      from: T0 / 1_000 - 43_200,
      to: T0 / 1_000 + 43_200,
      details: true,
      queries: [
        {
          kind: 'log',
          event: 'job',
          host: 'a',
          type: 'core',
          'type-ids': ['0'],
          subtype: 'app',
          'subtype-ids': ['1'],
          limit: 1_000,
        },
      ],
    });
  });

  it('prints a table that shows what a terminal would obey', async () => {
    const more = { type: 'core', typeId: '3', stype: 'app', tags: '{"function":"stop_job"}' };
    store.add('one\nline\u001b[31m', T0 + 5, more);
    store.add('', T0 + 1_000, { hostname: '', name: 'slurm\u202e' });
    expect(await query(...ALL)).toEqual({
      code: 0,
      said: '',
      output: [
        'TIME                      NAME           HOST  TYPE        TAGS               TEXT\n',
        '2026-01-31T12:00:00.005Z  job            a     core:3/app  function=stop_job  one\\nline\\u{1b}[31m\n',
        '2026-01-31T12:00:01.000Z  slurm\\u{202e}  -     -           -                  \n',
      ].join(''),
    });
  });

  it('prints JSON lines with all that is known', async () => {
    store.add('a\n\u0085', T0 + 5, { kind: 'log', fields: '{"n":1}', tags: '{"__proto__":"x"}' });
    const { output } = await query(...ALL, '--kind', 'log', '--json');
    expect(output).toBe(
      '{"Log":"a\\n\\u0085","timestamp":1769860800,"name":"job","hostname":"a","tags":{"__proto__":"x"},"fields":{"n":1},"time":"2026-01-31T12:00:00.005Z"}\n',
    );
  });

  it('follows the pages to the end, or to the limit', async () => {
    for (let index = 0; index < 25; index += 1) store.add(`p${index}`, T0 + (index % 3));
    store.maxPage = 4;
    const { output } = await query(...ALL, '--json');
    expect(new Set(events(output)).size).toBe(25);
    expect(output.trim().split('\n')).toHaveLength(25);
    const requests = store.requests.length;
    const limited = await query(...ALL, '--json', '--limit', '10');
    expect(events(limited.output)).toEqual(events(output).slice(0, 10));
    expect(store.requests.length - requests).toBe(3);
  });

  it('says so when there is nothing, and ends with 0', async () => {
    expect(await query(...ALL)).toEqual({ code: 0, output: '', said: 'There is no event of this kind.\n' });
  });

  it('is asked again when the store is busy', async () => {
    store.add('a', T0);
    const manners = [{ status: 503 }, 'broken' as const];
    store.manner = () => manners.shift();
    expect(await query(...ALL, '--json')).toMatchObject({ code: 0, output: expect.stringContaining('"a"') });
  });
});

describe('an answer that is none', () => {
  it.each([
    ['', 'no answer to a query'],
    ['<html>', 'no answer to a query'],
    ['{"results":[]}', 'no answer to a query'],
    ['{"results":[[{"data":[{"Event":1}]}]]}', 'no answer to a query'],
    ['{"results":[[{"error":"too slow\\u001b"}]]}', 'The event store cannot answer: too slow\n'],
    ['{"results":[[{"next":"1-1"}]]}', 'do not get any further'],
  ])('%s fails with a sentence', async (body, sentence) => {
    store.manner = () => ({ status: 200, body });
    const { code, said } = await query(...ALL);
    expect(code).toBe(1);
    expect(said).toContain(sentence);
  });

  it('is taken from an older store, which knows no details', async () => {
    store.manner = () => ({
      status: 200,
      body: '{"results":[[{"data":[{"Event":"x","timestamp":0}],"from":0,"to":0}]]}',
    });
    const { output } = await query(...ALL);
    expect(output).toContain('1970-01-01T00:00:00.000Z  -     -     -     -     x\n');
  });
});
