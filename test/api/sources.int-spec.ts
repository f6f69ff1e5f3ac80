import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

const UNKNOWN_ID = '00000000000000000000';
const EVENT = {
  key: 'backup:orders-db',
  event: 'open',
  kind: 'backup-overdue',
  severity: 'warning',
  message: 'The last backup is two days old.',
};

let api: ApiApp;
let client: ApiClient;
let project: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  project = `/hub/v1/${(await client.tenant()).path}`;
});
afterAll(() => api.close());

const report = (change: object = {}) =>
  client.call('POST', `${project}/issues/events`, { ...EVENT, ...change });

async function registerCluster(): Promise<{ clusterId: string; nodeId: string }> {
  const body = { name: 'orders-db', nodes: [{ address: 'https://n1.example.com:2113' }] };
  const { id: clusterId } = (await client.call('POST', `${project}/clusters`, body)).json;
  const { nodes } = (await client.call('GET', `${project}/clusters/${clusterId}`)).json;
  return { clusterId, nodeId: nodes[0].id };
}

describe('an issue event', () => {
  it('opens an issue with exactly the documented members', async () => {
    const place = await registerCluster();
    const { status, json } = await report({ ...place, time: '2025-12-31T23:00:00+01:00' });
    expect(status).toBe(202);
    expect(json).toEqual({ issueId: expect.stringMatching(/^[0-9a-v]{20}$/) });
    const issue = {
      id: json.issueId,
      kind: 'backup-overdue',
      status: 'open',
      severity: 'warning',
      ...place,
      message: EVENT.message,
      openedAt: '2025-12-31T22:00:00.000Z',
      updatedAt: '2025-12-31T22:00:00.000Z',
      closedAt: null,
      eventCount: 1,
      acknowledged: null,
    };
    expect((await client.call('GET', `${project}/issues?status=open`)).json).toEqual({
      issues: [issue],
      next: null,
    });
    const event = {
      seq: 1,
      event: 'open',
      severity: 'warning',
      message: EVENT.message,
      time: issue.openedAt,
    };
    expect((await client.call('GET', `${project}/issues/${json.issueId}`)).json).toEqual({
      ...issue,
      events: [{ ...event, acceptedAt: api.clock.now().toISOString() }],
      next: null,
    });
  });

  it('belongs to the same issue as long as it is open', async () => {
    const first = (await report()).json.issueId;
    expect((await report({ severity: 'critical' })).json.issueId).toBe(first);
    expect((await report({ event: 'closed' })).json.issueId).toBe(first);
    const { json } = await client.call('GET', `${project}/issues/${first}?limit=2`);
    expect(json).toMatchObject({ status: 'closed', eventCount: 3, next: '2' });
    expect(json.events.map(({ seq }: { seq: number }) => seq)).toEqual([3, 2]);
    const rest = await client.call('GET', `${project}/issues/${first}?limit=2&after=2`);
    expect(rest.json).toMatchObject({ events: [{ seq: 1 }], next: null });
  });

  it('learns its cluster from its node', async () => {
    const { clusterId, nodeId } = await registerCluster();
    const { issueId } = (await report({ nodeId })).json;
    expect((await client.call('GET', `${project}/issues/${issueId}`)).json).toMatchObject({
      clusterId,
      nodeId,
    });
  });

  it('that closes what never was open is not found', async () => {
    expect((await report({ event: 'closed' })).status).toBe(404);
  });

  it.each([
    ['no key', { key: undefined }, 'key'],
    ['an over-long key', { key: 'k'.repeat(201) }, 'key'],
    ["a key like the hub's own", { key: 'spillway:disk-usage:c1' }, 'key'],
    ['another event', { event: 'reopened' }, 'event'],
    ['a kind with blanks', { kind: 'Disk Usage' }, 'kind'],
    ['another severity', { severity: 'fatal' }, 'severity'],
    ['no severity', { severity: undefined }, 'severity'],
    ['an over-long message', { message: 'm'.repeat(4_001) }, 'message'],
    ['a time that is none', { time: 'yesterday' }, 'time'],
    ['a time without its offset', { time: '2026-01-01T00:00:00' }, 'time'],
    ['a time far ahead', { time: '2026-01-01T00:05:01Z' }, 'time'],
    ['a time before computers', { time: '0001-01-01T00:00:00Z' }, 'time'],
    ['an unknown cluster', { clusterId: UNKNOWN_ID }, 'clusterId'],
    ['an unknown node', { nodeId: UNKNOWN_ID }, 'nodeId'],
    ['a cluster that is no id', { clusterId: 'orders-db' }, 'clusterId'],
  ])('with %s is refused, naming the field', async (_what, change, field) => {
    const answer = await report(change);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
    expect((await client.call('GET', `${project}/issues`)).json.issues).toEqual([]);
  });

  it("may not name another project's cluster", async () => {
    const { clusterId, nodeId } = await registerCluster();
    project = `/hub/v1/${(await client.tenant()).path}`;
    expect(Object.keys((await report({ clusterId })).json.fields)).toEqual(['clusterId']);
    expect(Object.keys((await report({ nodeId })).json.fields)).toEqual(['nodeId']);
  });

  it('may not name a node of another cluster', async () => {
    const [one, two] = [await registerCluster(), await registerCluster()];
    const answer = await report({ clusterId: one.clusterId, nodeId: two.nodeId });
    expect(answer.json.fields).toEqual({ nodeId: 'is no node of this cluster' });
  });
});

describe('issues', () => {
  it('are listed in pages, and by status, cluster and kind', async () => {
    const { clusterId } = await registerCluster();
    await report({ key: 'a', clusterId });
    await report({ key: 'b', kind: 'other' });
    await report({ key: 'c' });
    await report({ key: 'c', event: 'closed' });
    const count = async (query: string) =>
      (await client.call('GET', `${project}/issues?${query}`)).json.issues.length;
    expect(await count('status=open')).toBe(2);
    expect(await count('status=closed')).toBe(1);
    expect(await count(`clusterId=${clusterId}`)).toBe(1);
    expect(await count('kind=other')).toBe(1);
    const first = (await client.call('GET', `${project}/issues?limit=2`)).json;
    const second = (await client.call('GET', `${project}/issues?limit=2&after=${first.next}`)).json;
    expect([first.issues.length, second.issues.length, second.next]).toEqual([2, 1, null]);
  });

  it('of another project are not found', async () => {
    const { issueId } = (await report()).json;
    const other = (await client.tenant()).path;
    expect((await client.call('GET', `/hub/v1/${other}/issues/${issueId}`)).status).toBe(404);
    expect((await client.call('GET', `${project}/issues/%00`)).status).toBe(404);
  });
});

describe('a notification', () => {
  const message = 'Cluster instances failed to provision';

  it('is accepted and listed', async () => {
    const { status, json } = await client.call('POST', `${project}/notifications`, { message });
    expect([status, json]).toEqual([202, { id: expect.any(String) }]);
    const acceptedAt = api.clock.now().toISOString();
    const notification = { id: json.id, clusterId: null, severity: 'info', title: null, message, acceptedAt };
    const list = await client.call('GET', `${project}/notifications`);
    expect(list.json).toEqual({ notifications: [notification], next: null });
  });

  it.each([
    ['no message', {}, 'message'],
    ['an unknown cluster', { message, clusterId: UNKNOWN_ID }, 'clusterId'],
    ['an over-long title', { message, title: 't'.repeat(201) }, 'title'],
  ])('with %s is refused, naming the field', async (_what, body, field) => {
    const answer = await client.call('POST', `${project}/notifications`, body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
  });
});
