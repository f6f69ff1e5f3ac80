import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { HubClient } from '../../apps/sandbox/hub/index.js';
import { fillWithIntegrations, INTEGRATIONS_PER_PROJECT, placeOf, PROJECTS } from './api-tenants.js';
import { BENCH_TOKEN, startBenchHub, type BenchHub } from './hub.js';
import { measureLoad, wireRequest, type LoadFigures } from './load.js';

const SECONDS = 10;
const INTEGRATIONS = PROJECTS * INTEGRATIONS_PER_PROJECT;

/** One row of the API's figures. */
export interface ApiRow extends LoadFigures {
  readonly name: string;
}

/** The API over a full database beside a bare Fastify route, one after another, each on 32 connections for ten seconds. */
export async function measureApi(): Promise<ApiRow[]> {
  const hub = await startBenchHub({});
  try {
    await hub.project.addSlack('#alerts', 'xoxb-bench');
    await fillWithIntegrations(hub);
    return await rowsOf(hub);
  } finally {
    await hub.stop();
  }
}

async function rowsOf(hub: BenchHub): Promise<ApiRow[]> {
  const { organizationId } = hub.project;
  const token = await accessToken(hub.process.url);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const all = (projectId: string) =>
    `/integrate/v1/organizations/${organizationId}/projects/${projectId}/integrations`;
  const anyPlace = () => placeOf(Math.floor(Math.random() * INTEGRATIONS));
  const get = () => {
    const { projectId, integrationId } = anyPlace();
    return wireRequest('GET', `${all(projectId)}/${integrationId}`, headers);
  };
  const list = () => wireRequest('GET', all(anyPlace().projectId), headers);
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'bench',
    refresh_token: BENCH_TOKEN,
  });
  const refresh = wireRequest(
    'POST',
    '/oauth/token',
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
  );
  const { projectId, integrationId } = placeOf(0);
  const exampleOf = async (path: string) => JSON.stringify(await hub.project.client.call('GET', path));
  const one = await exampleOf(`${all(projectId)}/${integrationId}`);
  const ten = await exampleOf(all(projectId));
  const { url } = hub.process;
  return [
    { name: 'floor of one: bare Fastify, the same answer', ...(await measureFloor(one, headers)) },
    {
      name: `floor of ${INTEGRATIONS_PER_PROJECT}: bare Fastify, the same answer`,
      ...(await measureFloor(ten, headers)),
    },
    {
      name: 'GET /health/live, without a token',
      ...(await measureLoad(url, () => wireRequest('GET', '/health/live', {}), SECONDS)),
    },
    { name: `GET integration, any of ${INTEGRATIONS}`, ...(await measureLoad(url, get, SECONDS)) },
    {
      name: `GET integrations, ${INTEGRATIONS_PER_PROJECT} of any of ${PROJECTS} projects`,
      ...(await measureLoad(url, list, SECONDS)),
    },
    { name: 'POST /oauth/token, refresh grant', ...(await measureLoad(url, () => refresh, SECONDS)) },
  ];
}

/** In a process of its own, as the hub is. */
async function measureFloor(answer: string, headers: Readonly<Record<string, string>>): Promise<LoadFigures> {
  const child = spawn(process.execPath, [resolve('dist/test/bench/bare-server.js'), answer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    return await measureLoad(url.trim(), () => wireRequest('GET', '/bare', headers), SECONDS);
  } finally {
    child.kill();
  }
}

async function accessToken(url: string): Promise<string> {
  const client = new HubClient(url);
  return client.logIn(BENCH_TOKEN);
}
