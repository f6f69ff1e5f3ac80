import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { BACKENDS, Stage } from './stage.js';

const DAY_S = 86_400;
const WAIT = { timeoutMs: 15_000 };

describe.each(BACKENDS)('the API of an event store on %s', (backend) => {
  let stage: Stage;
  const nowS = Math.floor(Date.now() / 1_000);

  beforeAll(async () => {
    stage = await Stage.open({ backend });
    const lines = ['a', 'b'].flatMap((host) =>
      ['0', '1'].flatMap((id) =>
        ['x', 'y'].map(
          (job) =>
            `phase,hostname=${host},type=core,type-id=${id},stype=application,stype-id=${job} event="${host}${id}${job}" ${nowS}`,
        ),
      ),
    );
    expect(
      await stage.post([...lines, `ccb,hostname=a,loglevel=warn log="text" ${nowS}`].join('\n')),
    ).toEqual({
      status: 200,
      text: '',
    });
  });
  afterAll(() => stage.close());

  it('D2, D4, D5, D6: has an entry for each pair of ids, and one for a query without any', async () => {
    const { results } = await stage.query({
      cluster: 'tc',
      queries: [
        {
          event: 'phase',
          host: 'a',
          type: 'core',
          'type-ids': ['0', '1'],
          subtype: 'application',
          'subtype-ids': ['x', 'y'],
        },
        { event: 'phase', host: 'a', 'type-ids': ['0'] },
        { event: 'phase', host: 'b' },
        { event: 'nothing' },
      ],
    });
    const texts = results.map((entries) => entries.map(({ data = [] }) => data.map(({ Event }) => Event)));
    expect(texts).toEqual([
      [['a0x'], ['a0y'], ['a1x'], ['a1y']],
      [['a0x', 'a0y']],
      [['b0x', 'b0y', 'b1x', 'b1y']],
      [[]],
    ]);
  });

  it('answers a GET with a body, which is what clients of the original send', async () => {
    const body = JSON.stringify({
      Cluster: 'tc',
      FROM: nowS,
      to: nowS,
      queries: [{ event: 'phase', host: 'b', type: 'core', 'type-ids': ['1'] }],
    });
    expect(JSON.parse(await getWithBody(`${stage.url}/api/query/`, body))).toEqual({
      results: [
        [
          {
            data: [
              { Event: 'b1x', timestamp: nowS },
              { Event: 'b1y', timestamp: nowS },
            ],
            from: nowS,
            to: nowS,
          },
        ],
      ],
    });
  });

  it('asks all nodes that a cluster has', async () => {
    const { queries, results } = await stage.query({ cluster: 'tc', 'for-all-nodes': ['phase'] });
    expect(queries).toEqual([
      { event: 'phase', host: 'a' },
      { event: 'phase', host: 'b' },
    ]);
    expect(results.map(([entry]) => entry!.data?.length)).toEqual([4, 4]);
  });

  it('D34: has log lines for who asks for them, and pages for who wants few at a time', async () => {
    expect(await stage.find({ kind: 'log' })).toMatchObject([
      { Log: 'text', name: 'ccb', tags: { loglevel: 'warn' } },
    ]);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { results } = await stage.query({
        cluster: 'tc',
        queries: [{ event: 'phase', limit: 3, cursor }],
      });
      const entry = results[0]![0]!;
      found.push(...(entry.data ?? []).map(({ Event }) => Event!));
      cursor = entry.next;
    } while (cursor !== undefined);
    expect(found).toEqual(['a0x', 'a0y', 'a1x', 'a1y', 'b0x', 'b0y', 'b1x', 'b1y']);
  });

  it('D24, D25: has counters with the names of the original', async () => {
    const { manager, backend: counted, info } = await stage.stats();
    expect(manager.status).toMatchObject({ processed: 9, flushed: 9, write_batch: 1 });
    expect(manager.errors).toEqual({});
    expect(counted.status).toMatchObject({ writes: 9, active_tables: 2 });
    expect(counted.status['queries']).toBeGreaterThan(0);
    expect(info).toEqual({ retention_time: '24h', flush_time: '1s', backend_type: backend });
  });

  it('D20: stores nothing of a body with a mistake', async () => {
    const answer = await stage.post('bad event="1"\nbad event=\nbad event="3"');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      status: 'Bad Request',
      error: 'at line 2:11: a field has no value',
    });
    expect(await stage.find({ event: 'bad' })).toEqual([]);
  });

  it('D13, D14: keeps what it has over a new start, and takes in more', async () => {
    await stage.stop();
    await stage.start();
    expect(await stage.find({ event: 'phase' })).toHaveLength(8);
    expect((await stage.post('later event="1"')).status).toBe(200);
    expect(await stage.find({ event: 'later' })).toHaveLength(1);
  });
});

describe.each(BACKENDS)('retention of an event store on %s', (backend) => {
  it('D3, D16: forgets old events at the start, and no log line', async () => {
    const stage = await Stage.open({ backend });
    const nowS = Math.floor(stage.clock.now().getTime() / 1_000);
    try {
      const lines = [2 * DAY_S, 60].flatMap((ago) => [
        `job event="${ago}" ${nowS - ago}`,
        `job log="${ago}" ${nowS - ago}`,
        `job,cluster=eventcluster log="${ago}" ${nowS - ago}`,
      ]);
      await stage.post(lines.join('\n'));
      expect(await stage.find()).toHaveLength(2);
      await stage.stop();
      await stage.start();
      await waitUntil(async () => (await stage.find()).length === 1, {
        ...WAIT,
        what: 'the old event to be forgotten',
      });
      expect(await stage.find()).toMatchObject([{ Event: '60' }]);
      expect(await stage.find({ kind: 'log' })).toHaveLength(2);
      expect(await stage.find({ kind: 'log' }, 'eventcluster')).toHaveLength(2);
      expect((await stage.stats()).backend.status['deletes']).toBe(1);
    } finally {
      await stage.close();
    }
  });

  it('forgets log lines, too, where it is told to', async () => {
    const stage = await Stage.open({ backend, storage: { log_retention_time: '24h' } });
    const nowS = Math.floor(stage.clock.now().getTime() / 1_000);
    try {
      await stage.post(`job log="old" ${nowS - 2 * DAY_S}\njob log="new" ${nowS - 60}`);
      await stage.stop();
      await stage.start();
      await waitUntil(async () => (await stage.find({ kind: 'log' })).length === 1, {
        ...WAIT,
        what: 'the old line to be forgotten',
      });
    } finally {
      await stage.close();
    }
  });
});

it('keeps no log lines where it is told so', async () => {
  const stage = await Stage.open({ backend: 'sqlite', storage: { store_logs: false } });
  try {
    await stage.post('job event="e"\njob log="l"');
    expect([await stage.find(), await stage.find({ kind: 'log' })]).toMatchObject([[{ Event: 'e' }], []]);
    expect((await stage.stats()).manager.status).toMatchObject({ processed: 2, dropped_logs: 1 });
  } finally {
    await stage.close();
  }
});

/** `fetch` refuses to do that. */
function getWithBody(url: string, body: string): Promise<string> {
  return new Promise((done, fail) => {
    const sent = request(
      url,
      { method: 'GET', headers: { 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done(text));
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}
