import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordedLook } from '../../libs/detection/index.js';
import { ObservationStore } from '../../libs/persistence/index.js';
import { reports, says } from '../../libs/detection/testing/looks.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { keepRound, type RegisteredCluster } from './observed-clusters.js';

let api: ApiApp;
let client: ApiClient;
let clusters: string;
let cluster: RegisteredCluster;
let observations: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  clusters = `/hub/v1/${(await client.tenant()).path}/clusters`;
  const body = { name: 'orders-db', nodes: [{ address: 'https://n1.example.com:2113' }] };
  const { id } = (await client.call('POST', clusters, body)).json;
  cluster = (await client.call('GET', `${clusters}/${id}`)).json;
  observations = `${clusters}/${id}/observations`;
});
afterAll(() => api.close());

const minutesAgo = (minutes: number): Date => new Date(api.clock.now().getTime() - minutes * 60_000);
const iso = (minutes: number): string => encodeURIComponent(minutesAgo(minutes).toISOString());
const get = (query = '', headers = {}) => client.call('GET', `${observations}${query}`, undefined, headers);
const ndjson = { accept: 'application/x-ndjson' };

/** Both rounds in each of so many minutes, the latest now. */
async function keep(minutes: number): Promise<void> {
  for (let ago = minutes - 1; ago >= 0; ago -= 1) {
    await keepRound(api, cluster, 'host', minutesAgo(ago), [reports({ loadAverage1m: ago })]);
    await keepRound(api, cluster, 'gossip', minutesAgo(ago), [says('n1', 'n1 Leader @10 e1')]);
  }
}

async function allPages(query: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let after = ''; ;) {
    const { json } = await get(`?limit=7${query}${after}`);
    all.push(...json.observations);
    if (json.next === null) return all;
    after = `&after=${String(json.next)}`;
  }
}

describe('observations', () => {
  it('are shown as they are kept, oldest first, of the last hour', async () => {
    await keep(2);
    await keepRound(api, cluster, 'host', minutesAgo(61), [reports({})]);
    const { status, json } = await get();
    expect(status).toBe(200);
    expect(json.next).toBeNull();
    expect(json.observations.map(({ at, round }: Record<string, string>) => `${at} ${round}`)).toEqual([
      `${minutesAgo(1).toISOString()} gossip`,
      `${minutesAgo(1).toISOString()} host`,
      `${minutesAgo(0).toISOString()} gossip`,
      `${minutesAgo(0).toISOString()} host`,
    ]);
    const [node] = cluster.nodes;
    expect(json.observations[1]).toEqual({
      clusterId: cluster.id,
      cluster: { name: 'orders-db' },
      detection: {},
      round: 'host',
      at: minutesAgo(1).toISOString(),
      nodes: [
        {
          node: { id: node?.id, address: node?.address, cores: null, memoryBytes: null },
          observations: reports({ loadAverage1m: 1 }),
        },
      ],
    });
  });

  it('are none in an empty range', async () => {
    await keep(1);
    const query = `?from=${iso(50)}&to=${iso(40)}`;
    expect((await get(query)).json).toEqual({ observations: [], next: null });
    expect(await get(query, ndjson)).toMatchObject({ status: 200, text: '' });
  });

  it('include both ends of the range', async () => {
    await keep(3);
    const { json } = await get(`?from=${iso(2)}&to=${iso(1)}&round=host`);
    expect(json.observations).toHaveLength(2);
  });

  it.each(['', '&round=host', '&round=gossip'])(
    'are the same in pages and as JSON lines (%s)',
    async (round) => {
      await keep(60);
      const paged = await allPages(round);
      expect(paged).toHaveLength(round === '' ? 120 : 60);
      const lines = await get(`?x=y${round}`, ndjson);
      expect(lines.headers['content-type']).toBe('application/x-ndjson');
      const streamed = lines.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(streamed).toEqual(paged);
      expect(streamed.every((line) => recordedLook.safeParse(line).success)).toBe(true);
      expect((await get(`?format=jsonl${round}`)).text).toBe(lines.text);
      expect((await get(`?format=json${round}`, ndjson)).json.observations).toHaveLength(50);
    },
  );

  it('go on after a cursor as JSON lines, too', async () => {
    await keep(3);
    const { json } = await get('?limit=4');
    expect((await get(`?after=${json.next}`, ndjson)).text.trimEnd().split('\n')).toHaveLength(2);
  });

  it.each([
    ['no time', 'from=yesterday', 'from'],
    ['a day that there is not', 'to=2026-02-30T00:00:00Z', 'to'],
    ['a time without its offset', 'from=2026-01-01T00:00:00', 'from'],
    ['a reversed range', 'from=2026-01-01T02:00:00Z&to=2026-01-01T01:00:00Z', 'from'],
    ['another round', 'round=other', 'round'],
    ['no number', 'limit=many', 'limit'],
    ['too many', 'limit=201', 'limit'],
    ['no cursor of ours', 'after=x', 'after'],
    ['another format', 'format=xml', 'format'],
  ])('are refused for %s, naming the field, as lines, too', async (_what, query, field) => {
    for (const headers of [{}, ndjson]) {
      const answer = await get(`?${query}`, headers);
      expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    }
  });

  it('of a cluster that is not there are not found', async () => {
    for (const headers of [{}, ndjson]) {
      const answer = await client.call(
        'GET',
        `${clusters}/${'0'.repeat(20)}/observations`,
        undefined,
        headers,
      );
      expect(answer.status).toBe(404);
    }
  });
});

describe('a stream of lines', () => {
  let url: string;
  beforeAll(async () => {
    await api.app.listen(0, '127.0.0.1');
    url = await api.app.getUrl();
  });
  const open = (signal?: AbortSignal) =>
    fetch(`${url}${observations}?format=jsonl`, { headers: client.headers, ...(signal ? { signal } : {}) });

  it('is whole', async () => {
    await keep(60);
    expect((await (await open()).text()).trimEnd().split('\n')).toHaveLength(120);
  });

  it('ends when its reader goes away', async () => {
    await keep(60);
    const abort = new AbortController();
    const reader = (await open(abort.signal)).body!.getReader();
    expect((await reader.read()).done).toBe(false);
    abort.abort();
    await expect(reader.read()).rejects.toThrow();
    expect((await get()).status).toBe(200);
  });

  it('is broken off when the database fails half-way, so that half is not taken for all', async () => {
    await keep(60);
    const store = api.app.get(ObservationStore, { strict: false });
    const page = store.page.bind(store);
    let reads = 0;
    store.page = (...args) =>
      ++reads === 2 ? Promise.reject(new Error('the database is away')) : page(...args);
    try {
      const answer = await open();
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
    } finally {
      store.page = page;
    }
  });
});
