import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { DELIVERED, owingProject, REFUSED, type OwingProject } from './owed-deliveries.js';

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

const ledger = async () => (await client.call('GET', `${project.integration}/ledger`)).json;

describe('a ledger', () => {
  it('has exactly the documented members, by source and in all', async () => {
    const none = {
      accepted: 0,
      delivered: 0,
      coalesced: 0,
      rejected: 0,
      suppressed: 0,
      expired: 0,
      parked: 0,
      inFlight: 0,
      balanced: true,
    };
    expect(await ledger()).toEqual({
      ...none,
      sources: { issues: none, notifications: none, logs: none, metrics: none },
      audited: null,
    });
    await project.worked(await project.issue({ key: 'a' }), DELIVERED);
    await project.worked(await project.issue({ key: 'b' }), REFUSED);
    await project.worked(await project.issue({ key: 'c' }), 'parked = true, due_at = NULL');
    await project.issue({ key: 'd' });
    const issues = { ...none, accepted: 4, delivered: 1, rejected: 1, parked: 1, inFlight: 1 };
    const sources = { issues, notifications: none, logs: none, metrics: none };
    expect(await ledger()).toEqual({ ...issues, sources, audited: null });
  });

  it('says that it does not balance when an event is not accounted for', async () => {
    const issueId = await project.issue();
    await project.issue();
    await project.worked(issueId, 'settled_seq = accepted_seq, delivered = 1');
    expect(await ledger()).toMatchObject({ accepted: 2, delivered: 1, balanced: false });
  });

  it('shows when it was audited last', async () => {
    await api.database.query(
      `INSERT INTO ledger_audits (integration_id, audited_at, balanced, difference) VALUES ($1, $2, true, 0)`,
      [project.integrationId, new Date('2026-01-01T00:00:00Z')],
    );
    expect((await ledger()).audited).toEqual({ at: '2026-01-01T00:00:00.000Z', balanced: true });
  });
});
