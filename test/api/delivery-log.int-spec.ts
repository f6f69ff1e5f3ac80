import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { DELIVERED, owingProject, REFUSED, type OwingProject } from './owed-deliveries.js';

const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
let project: OwingProject;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  project = await owingProject(api, client);
});
afterAll(() => api.close());

const get = (path: string) => client.call('GET', `${project.integration}/${path}`);

async function attempted(deliveryId: string, n: number, change: Record<string, unknown> = {}): Promise<void> {
  const row: Record<string, unknown> = {
    id: `attempt${n}${deliveryId}`.slice(0, 20),
    delivery_id: deliveryId,
    integration_id: project.integrationId,
    action: 'open',
    seq: 1,
    outcome: 'rejected',
    code: 'msg_too_long',
    reason: 'The message is too long.',
    http_status: 200,
    request_digest: 'd',
    request_shape: JSON.stringify({ call: 'chat.postMessage', members: { channel: 'text(7)' } }),
    answer: '{"ok":false}',
    started_at: new Date(api.clock.now().getTime() + n * 1_000),
    duration_ms: 12,
    ...change,
  };
  const names = Object.keys(row);
  await api.database.query(
    `INSERT INTO attempts (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
}

describe('the delivery log', () => {
  it('shows what is owed, with exactly the documented members', async () => {
    const issueId = await project.issue();
    const at = api.clock.now().toISOString();
    const { status, json } = await get('deliveries');
    expect(status).toBe(200);
    expect(json).toEqual({
      deliveries: [
        {
          id: expect.any(String),
          subject: { type: 'issue', id: issueId, kind: 'backup', severity: 'warning', status: 'open' },
          outcome: 'inFlight',
          units: { accepted: 1, delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 },
          shown: null,
          held: null,
          stormId: null,
          verdictPendingSince: null,
          verification: { nextAt: null, drifts: 0 },
          dueAt: at,
          createdAt: at,
          updatedAt: at,
        },
      ],
      next: null,
    });
  });

  it('shows a delivery with what the sink shows and with its attempts, in pages', async () => {
    const id = await project.worked(await project.issue(), DELIVERED);
    for (let n = 1; n <= 3; n += 1) await attempted(id, n);
    const first = (await get(`deliveries/${id}?limit=2`)).json;
    expect(first).toMatchObject({
      outcome: 'delivered',
      shown: { seq: 1, status: 'open', severity: 'warning', ref: { channel: 'C1', ts: '1.2' } },
    });
    expect(first.attempts[0]).toEqual({
      time: new Date(api.clock.now().getTime() + 3_000).toISOString(),
      action: 'open',
      outcome: 'rejected',
      code: 'msg_too_long',
      reason: 'The message is too long.',
      httpStatus: 200,
      requestDigest: 'd',
      requestShape: { call: 'chat.postMessage', members: { channel: 'text(7)' } },
      answer: '{"ok":false}',
      durationMs: 12,
      nextTryAt: null,
    });
    const second = (await get(`deliveries/${id}?limit=2&after=${first.next}`)).json;
    expect([first.attempts.length, second.attempts.length, second.next]).toEqual([2, 1, null]);
  });

  it('is listed newest first in pages, also of things that came in the same moment', async () => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) await project.issue({ key });
    const seen: string[] = [];
    let after = '';
    do {
      const { deliveries, next } = (await get(`deliveries?limit=2${after}`)).json;
      seen.push(...deliveries.map(({ id }: { id: string }) => id));
      after = next === null ? '' : `&after=${next}`;
    } while (after !== '');
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it('is filtered by outcome, issue, notification, kind and time', async () => {
    const [one, two, three] = [
      await project.issue({ key: 'a' }),
      await project.issue({ key: 'b' }),
      await project.issue({ key: 'c' }),
    ];
    await project.worked(one, DELIVERED);
    await project.worked(two, REFUSED);
    await project.worked(three, 'parked = true, due_at = NULL');
    const found = async (query: string) =>
      (await get(`deliveries?${query}`)).json.deliveries.map(
        ({ subject }: { subject: { id: string } }) => subject.id,
      );
    expect(await found('outcome=delivered')).toEqual([one]);
    expect(await found('outcome=rejected')).toEqual([two]);
    expect(await found('outcome=parked')).toEqual([three]);
    expect(await found('outcome=inFlight')).toEqual([]);
    expect(await found(`issueId=${two}`)).toEqual([two]);
    expect(await found(`notificationId=${two}`)).toEqual([]);
    expect(await found('kind=backup&outcome=delivered')).toEqual([one]);
    expect(await found('kind=disk-usage')).toEqual([]);
    expect(await found('until=2026-01-01T00:00:00Z')).toEqual([]);
    expect(await found('since=2026-01-01T00:00:00%2B01:00')).toHaveLength(3);
  });

  it.each([
    ['outcome=lost', 'outcome'],
    ['issueId=1', 'issueId'],
    ['since=yesterday', 'since'],
    ['since=0000-01-01T00:00:00Z', 'since'],
    ['until=1970-01-01T00:00:00%2B00:01', 'until'],
    ['until=9999-12-31T23:59:59-00:01', 'until'],
    ['kind=', 'kind'],
    ['after=x', 'after'],
    ['limit=0', 'limit'],
  ])('refuses %s, naming the field', async (query, field) => {
    const answer = await get(`deliveries?${query}`);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
  });

  it('of another project, or that there is not, is not found', async () => {
    const id = await project.worked(await project.issue(), REFUSED);
    expect((await get(`deliveries/${UNKNOWN_ID}`)).status).toBe(404);
    const { integrationId } = project;
    project = await owingProject(api, client);
    expect((await get(`deliveries/${id}`)).status).toBe(404);
    for (const what of ['deliveries', `deliveries/${id}`, 'rejected', 'ledger']) {
      const url = `${project.path}/integrations/${integrationId}/${what}`;
      expect((await client.call('GET', url)).status).toBe(404);
    }
  });
});

describe('the rejected list', () => {
  it("shows what was refused, with the sink's answer", async () => {
    const id = await project.worked(await project.issue(), REFUSED);
    await attempted(id, 1);
    await attempted(id, 2, { outcome: 'transient', code: 'timeout', answer: null });
    await project.worked(await project.issue({ key: 'b' }), DELIVERED);
    const { json } = await get('rejected');
    expect(json.next).toBeNull();
    expect(json.rejected).toHaveLength(1);
    expect(json.rejected[0]).toMatchObject({
      id,
      outcome: 'rejected',
      units: { rejected: 1 },
      refusal: {
        at: new Date(api.clock.now().getTime() + 1_000).toISOString(),
        code: 'msg_too_long',
        reason: 'The message is too long.',
        httpStatus: 200,
        answer: '{"ok":false}',
      },
    });
  });

  it('shows what came too late, also when no attempt is kept', async () => {
    await project.worked(
      await project.issue(),
      `settled_seq = accepted_seq, expired = 1, last_end = 'expired', due_at = NULL`,
    );
    expect((await get('rejected')).json.rejected).toMatchObject([{ outcome: 'expired', refusal: null }]);
  });
});
