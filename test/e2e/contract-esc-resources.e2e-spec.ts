import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscClient } from './support/esc-client.js';
import { esc } from './support/esc-decoders.js';
import { problemOf, startEscStage, UNKNOWN_ID, type EscStage } from './support/esc-stage.js';

let stage: EscStage;
let client: EscClient;
let organization: string;
let project: string;
let organizationId: string;
let projectId: string;

beforeAll(async () => {
  stage = await startEscStage();
  ({ client, organization, project, organizationId, projectId } = stage);
});
afterAll(() => stage?.stop());

describe('esc resources', () => {
  it('lives through organizations', async () => {
    const all = '/resources/v1/organizations';
    const { id } = await client.read(esc.created, 'POST', all, { name: 'temporary' });
    await client.call('PUT', `${all}/${id}`, { name: 'for a while' });
    const { organization: found } = await client.read(esc.organization, 'GET', `${all}/${id}`);
    expect(found.name).toBe('for a while');
    expect(await client.read(esc.mfa, 'GET', `${all}/${id}/mfa`)).toEqual({ mfaEnabled: false });
    const enabled = { mfaEnabled: true };
    expect(await client.read(esc.mfa, 'POST', `${all}/${id}/mfa`, enabled)).toEqual(enabled);
    const { organizations } = await client.read(esc.organizations, 'GET', all);
    expect(organizations.map((one) => one.id)).toContain(id);
    await client.call('DELETE', `${all}/${id}`);
    expect((await problemOf(client.call('GET', `${all}/${id}`))).status).toBe(404);
  });

  it('lives through projects', async () => {
    const all = `/resources/v1/${organization}/projects`;
    const { id } = await client.read(esc.created, 'POST', all, { name: 'temporary' });
    await client.call('PUT', `${all}/${id}`, { name: 'for a while' });
    const { project: found } = await client.read(esc.project, 'GET', `${all}/${id}`);
    expect(found).toMatchObject({ name: 'for a while', organizationId });
    const { projects } = await client.read(esc.projects, 'GET', all);
    expect(projects.map((one) => one.id).sort()).toEqual([id, projectId].sort());
    await client.call('DELETE', `${all}/${id}`);
    expect((await problemOf(client.call('GET', `${all}/${id}`))).status).toBe(404);
  });
});

describe('esc mesdb', () => {
  it('lists and gets the registered clusters', async () => {
    const nodes = [1, 2, 3].map((index) => ({ address: `http://192.0.2.${index}:2113` }));
    const registration = { name: 'orders-db', nodes };
    const { id } = await client.read(esc.created, 'POST', `/hub/v1/${project}/clusters`, registration);
    const all = `/mesdb/v1/${project}/clusters`;
    const { clusters } = await client.read(esc.clusters, 'GET', all);
    expect(clusters.map((one) => one.id)).toEqual([id]);
    const { cluster } = await client.read(esc.cluster, 'GET', `${all}/${id}`);
    expect(cluster).toMatchObject({
      projectId,
      organizationId,
      topology: 'three-node-multi-zone',
      status: 'available',
    });
    expect(cluster.description).toContain('orders-db');
    expect((await problemOf(client.call('GET', `${all}/${UNKNOWN_ID}`))).status).toBe(404);
  });

  it('is told in full that clusters and backups are not made here', async () => {
    const all = `/mesdb/v1/${project}/clusters`;
    const one = `${all}/${UNKNOWN_ID}`;
    const backups = `/mesdb/v1/${project}/backups`;
    const resize = { targetSize: 'c5.large' };
    const unsupported: [method: string, path: string, body?: object][] = [
      ['POST', all, { description: 'new', topology: 'single-node' }],
      ['PUT', one, { description: 'other' }],
      ['DELETE', one],
      ['PUT', `${one}/disk/expand`, { diskSizeGb: 20 }],
      ['PUT', `${one}/commands/resize`, resize],
      ['PUT', `${one}/commands/upgrade`, { targetTag: '24.10' }],
      ...['start', 'stop', 'restart'].map((name): [string, string] => ['PUT', `${one}/commands/${name}`]),
      ['GET', `${one}/upgrade/versions`],
      ['GET', `${one}/initialCredentials`],
      ['GET', `/mesdb/v1/${organization}/clusters/versions`],
      ['GET', backups],
      ['POST', backups, { clusterId: UNKNOWN_ID, description: 'now' }],
      ['GET', `${backups}/${UNKNOWN_ID}`],
      ['DELETE', `${backups}/${UNKNOWN_ID}`],
    ];
    for (const [method, path, body] of unsupported) {
      const { status, problem } = await problemOf(client.call(method, path, body));
      expect([method, path, status, problem.status]).toEqual([method, path, 404, 404]);
      expect(problem.detail).toMatch(/^Spillway /);
    }
  });
});
