import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let path: string;
let access: string;
let member: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId, path } = await client.tenant());
  access = `/access/v1/organizations/${organizationId}`;
  member = await person(api, { organizationId });
});
afterAll(() => api.close());

describe('what Spillway has not', () => {
  const project = (api_: string, rest: string) => `/${api_}/v1/${path}/${rest}`;

  it('is a 404 that says so, to whoever belongs there', async () => {
    const asked: [Parameters<ApiClient['call']>[0], string, RegExp][] = [
      ['GET', `${access}/groups`, /has no groups: a member's role decides/],
      ['POST', `${access}/groups`, /has no groups/],
      ['PUT', `${access}/groups/x`, /has no groups/],
      ['GET', `${access}/policies`, /has no policies/],
      ['DELETE', `${access}/policies/x`, /has no policies/],
      ['POST', '/access/v1/policy/allowed', /has no policies/],
      ['GET', `/mesdb/v1/organizations/${organizationId}/clusters/versions`, /installs no versions/],
      ['POST', project('mesdb', 'clusters'), /does not create.*\/hub\/v1/],
      ['PUT', project('mesdb', 'clusters/x'), /does not create/],
      ['DELETE', project('mesdb', 'clusters/x'), /does not create, change or delete/],
      ['PUT', project('mesdb', 'clusters/x/disk/expand'), /does not create/],
      ['PUT', project('mesdb', 'clusters/x/commands/resize'), /does not create/],
      ['GET', project('mesdb', 'clusters/x/upgrade/versions'), /installs no versions/],
      ['GET', project('mesdb', 'clusters/x/initialCredentials'), /sets no passwords/],
      ['GET', project('mesdb', 'backups'), /takes no backups/],
      ['DELETE', project('mesdb', 'backups/x'), /takes no backups/],
      ['GET', project('infra', 'networks'), /has no networks/],
      ['POST', project('infra', 'peerings/commands'), /has no networks/],
      ['GET', project('orchestrate', 'jobs'), /runs no jobs/],
      ['GET', project('orchestrate', 'history?jobId=1'), /runs no jobs/],
    ];
    const stranger = await person(api);
    for (const [method, url, sentence] of asked) {
      const answer = await callAs(client, member)(method, url);
      expect([url, answer.status, answer.json]).toEqual([
        url,
        404,
        expect.objectContaining({ title: 'Not Found', detail: expect.stringMatching(sentence) }),
      ]);
      const { status } = await client.call(method, url, undefined, { authorization: '' });
      expect([url, status]).toEqual([url, 401]);
      if (!url.includes(organizationId)) continue;
      const foreign = await callAs(client, stranger)(method, url);
      expect(foreign.json.detail).toMatch(/^There is no such (organization|project)\.$/);
    }
  });
});
