import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../libs/testing/index.js';
import { COMMANDS } from './commands.js';
import { ClusterStandIn } from './index.js';

let cluster: ClusterStandIn;
beforeEach(async () => {
  cluster = new ClusterStandIn();
  await cluster.start();
});
afterEach(() => cluster.stop());

async function post(name: string, body: unknown): Promise<{ status: number; body: any }> {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${cluster.controlUrl}/${name}`, { method: 'POST', body: content });
  return { status: answer.status, body: await answer.json() };
}
const get = async (name = ''): Promise<any> => (await fetch(`${cluster.controlUrl}${name}`)).json();

describe('the control endpoint', () => {
  it('drives the cluster', async () => {
    expect((await post('disk', { node: 1, percent: 91 })).status).toBe(200);
    expect((await post('down', { node: 2, how: 'refuse' })).status).toBe(200);
    expect((await post('fault', { node: 1, fault: 'html' })).status).toBe(200);
    expect((await post('leader', { node: 1 })).body.nodes[1]).toMatchObject({ state: 'Leader' });
    expect(await get('/')).toMatchObject({
      nodes: [{ state: 'Follower' }, { diskPercent: 91, fault: 'html', state: 'Leader' }, { down: 'refuse' }],
    });
    expect((await post('reset', {})).body.nodes[2]).toMatchObject({ down: null, diskPercent: 40 });
  });

  it('lists every command with an example that works', async () => {
    const { commands } = await get();
    expect(commands.map(({ post: path }: { post: string }) => path.split('/').at(-1))).toEqual([
      ...Object.keys(COMMANDS),
      'scenario?speed=1',
    ]);
    for (const [name, { example }] of Object.entries(COMMANDS)) {
      await cluster.setDown(1, name === 'forget' ? 'hang' : null);
      expect([name, (await post(name, example)).status]).toEqual([name, 200]);
    }
  });

  it.each<[string, unknown, number, string]>([
    ['disk', { node: 7, percent: 1 }, 400, 'node: the cluster has nodes 0 to 2'],
    ['disk', { node: 0, percent: 101 }, 400, 'percent: must be a number from 0 to 100, or null'],
    ['disk', { node: 0 }, 400, 'percent: must be a number from 0 to 100, or null'],
    ['disk', { node: 0, percent: 5, mount: '/' }, 400, 'mount: there is no such field'],
    ['disk', [], 400, 'expected object'],
    ['disk', '{"node":', 400, 'The body is no JSON'],
    ['fault', { node: 0, fault: 'x' }, 400, 'fault: must be one of none, hang'],
    ['leader', {}, 400, 'node: must be the number of a node'],
    ['forget', { node: 0 }, 400, 'Node 0 lives'],
    ['blind', { node: 0, to: 0 }, 400, 'No node takes itself for dead'],
    ['view', { node: 0, leader: 4 }, 400, 'leader: the cluster has nodes 0 to 2'],
    ['partition', { nodes: [1, 3] }, 400, 'nodes: the cluster has nodes 0 to 2'],
    ['election', { node: 1, electing: 'soon' }, 400, 'electing: must be a duration'],
    ['nothing', {}, 404, 'There is no such command; there are disk,'],
    ['scenario', 'x'.repeat(1_000_001), 413, 'at most'],
    ['scenario', '"no-such"', 404, 'There is no scenario "no-such"'],
    ['scenario?speed=0', '"calm"', 400, 'speed must be'],
    ['scenario', { name: 'x', what: 'y', steps: [{ do: 'dusk' }] }, 400, 'steps[0].do: "dusk" is no command'],
  ])('answers bad input to %s with a sentence, %#', async (name, body, status, sentence) => {
    const answer = await post(name, body);
    expect(answer).toEqual({ status, body: { error: expect.stringContaining(sentence) } });
  });

  it('takes commands only by POST', async () => {
    expect((await fetch(`${cluster.controlUrl}/disk`)).status).toBe(405);
    expect((await fetch(`${cluster.controlUrl}/`, { method: 'DELETE' })).status).toBe(404);
  });

  it('outlives a client that hangs up in the middle of its body', async () => {
    const request = httpRequest(`${cluster.controlUrl}/disk`, {
      method: 'POST',
      headers: { 'content-length': 100 },
    });
    request.on('error', () => undefined);
    request.write('{');
    await once(request, 'socket');
    request.destroy();
    expect((await post('disk', { node: 0, percent: 5 })).status).toBe(200);
  });
});

describe('a scenario', () => {
  const fill = (percent: number, more: object[] = []) => ({
    name: 'fill',
    what: 'fills a disk',
    raises: ['disk-usage'],
    steps: [{ do: 'disk', node: 0, percent, say: `${percent} %` }, ...more],
  });
  const until = (status: string) =>
    waitUntil(async () => (await get('/scenario')).status === status, {
      what: `a scenario that is ${status}`,
    });

  it('is played, as fast as asked, and shows how far it is', async () => {
    expect(await get('/scenario')).toEqual({ status: 'none' });
    cluster.setDisk(1, 90);
    const later = { after: '20s', do: 'disk', node: 0, percent: 20 };
    expect(await post('scenario?speed=1000', fill(77, [later]))).toMatchObject({
      status: 202,
      body: { name: 'fill', status: 'running', steps: 2, speed: 1_000, raises: ['disk-usage'] },
    });
    await until('done');
    expect(await get('/scenario')).toMatchObject({ stepsDone: 2, said: '77 %', nextInMs: null });
    expect((await get()).nodes).toMatchObject([{ diskPercent: 20 }, { diskPercent: 40 }, {}]);
  });

  it('is replaced by the next one, and found by its name', async () => {
    const wait = { after: '1h', say: 'an hour later' };
    await post('scenario', fill(77, [wait]));
    await waitUntil(async () => (await get('/scenario')).stepsDone === 1, { what: 'the first step' });
    expect((await get('/scenario')).nextInMs).toBeGreaterThan(3_500_000);
    expect((await post('scenario', '"calm"')).body).toMatchObject({ name: 'calm', status: 'running' });
    expect((await get()).nodes[0].diskPercent).toBe(40);
  });

  it('ends with the reason when the cluster cannot do a step', async () => {
    await post('scenario', fill(77, [{ do: 'forget', node: 1 }]));
    await until('failed');
    expect(await get('/scenario')).toMatchObject({
      stepsDone: 1,
      error: expect.stringContaining('steps[1]: Node 1 lives'),
    });
  });
});
