import { connect } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public } from '../../libs/rest/index.js';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Method } from './api-client.js';

@Public()
@Controller('broken')
class BrokenController {
  @Get()
  fail(): never {
    throw new Error('the vault code is 1234');
  }
}

let api: ApiApp;
let client: ApiClient;
let projectPath: string;

beforeAll(async () => {
  api = await startApiApp({ controllers: [BrokenController] });
  client = new ApiClient(api.app);
  await client.signIn();
  projectPath = (await client.tenant()).path;
  await api.app.listen(0, '127.0.0.1');
});
afterAll(() => api.close());

/** Sends bytes as they are and resolves with everything that came back. */
async function sendRaw(request: string): Promise<string> {
  const { port } = new URL(await api.app.getUrl());
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('errors', () => {
  const members = ['detail', 'instance', 'status', 'title', 'type'];

  it('answers an unknown path as a problem with all members', async () => {
    const answer = await client.call('GET', '/nowhere?token=hidden');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing under this path and method.',
      instance: '/nowhere',
    });
  });

  it('answers a malformed URL as a problem', async () => {
    const answer = await client.call('GET', '/hub/v1/%zz');
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json).sort()).toEqual(members);
  });

  it('answers an over-long path parameter as a problem', async () => {
    const answer = await client.call('GET', `/resources/v1/organizations/${'a'.repeat(1_000)}`);
    expect([404, 414]).toContain(answer.status);
    expect(Object.keys(answer.json).sort()).toEqual(members);
  });

  it('says nothing of what an unknown error holds, but the id it is logged with', async () => {
    const answer = await client.call('GET', '/broken');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('1234');
    expect(answer.json.detail).toContain(answer.headers['x-request-id']);
  });

  it('answers what is no HTTP with a problem on the socket', async () => {
    const answer = await sendRaw('NO HTTP AT ALL\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(answer).toContain('"instance":"/"');
  });
});

describe('bodies', () => {
  const url = '/resources/v1/organizations';

  it.each([
    ['half a JSON', '{"name":', 'body'],
    ['text', 'hello', 'body'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'body'],
    ['a key that changes the prototype', '{"name":"a","__proto__":{"admin":true}}', 'body'],
    ['a list', '[]', 'body'],
    ['null', 'null', 'body'],
    ['a member of another type', '{"name":1}', 'name'],
    ['a missing member', '{}', 'name'],
    ['an empty text', '{"name":""}', 'name'],
    ['a blank text', '{"name":"  "}', 'name'],
    ['an over-long text', JSON.stringify({ name: 'n'.repeat(201) }), 'name'],
    ['NUL', '{"name":"a\\u0000"}', 'name'],
    ['half a surrogate pair', '{"name":"a\\ud800"}', 'name'],
  ])('refuses %s, naming the field', async (_what, payload, field) => {
    const response = await api.app.inject({ method: 'POST', url, headers: client.headers, payload });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(Object.keys(response.json<{ fields: object }>().fields)).toEqual([field]);
  });

  it('refuses a body over the limit', async () => {
    const answer = await client.call('POST', url, { name: 'n'.repeat(1_048_576) });
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ title: 'Payload Too Large', instance: url });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'refuses the content type %s',
    async (type) => {
      const answer = await client.call('POST', url, 'name=a', { 'content-type': type });
      expect(answer.status).toBe(415);
      expect(answer.json.title).toBe('Unsupported Media Type');
    },
  );

  it('survives a body nested deeper than the call stack', async () => {
    const answer = await client.call('POST', url, `${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(answer.status).toBe(400);
  });

  it('survives text that cannot be stored at the bottom of such a body', async () => {
    const answer = await client.call('POST', url, `${'['.repeat(200_000)}"\\u0000"${']'.repeat(200_000)}`);
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  it('takes the absence of a required body as a problem of the body', async () => {
    const answer = await client.call('POST', url);
    expect(answer.status).toBe(400);
    expect(answer.json.fields).toEqual({ body: 'is required' });
  });

  it.each(['GET', 'DELETE', 'PUT', 'POST'] as const)(
    'reaches the route of a %s without its JSON body',
    async (method) => {
      const suffix = { GET: '', DELETE: '', PUT: '', POST: '/test' }[method];
      const answer = await client.call(
        method,
        `/integrate/v1/${projectPath}/integrations/00000000000000000000${suffix}`,
      );
      expect(answer.status).toBe(method === 'PUT' ? 400 : 404);
      expect(answer.json.detail).toBe(
        method === 'PUT' ? 'body: is required' : 'There is no such integration.',
      );
    },
  );

  it('ignores members it does not know', async () => {
    const answer = await client.call('POST', url, { name: 'acme', OrganizationID: 'x' });
    expect(answer.status).toBe(200);
  });
});

describe('request targets', () => {
  const token = () => client.headers['authorization'] ?? '';

  it('understands the absolute form that proxies are sent', async () => {
    const answer = await sendRaw(
      `GET http://hub.example:80/resources/v1/organizations HTTP/1.1\r\nHost: hub.example\r\n` +
        `Authorization: ${token()}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).toContain('{"organizations":[');
  });

  it('takes a DELETE with a JSON content type and neither body nor length', async () => {
    const answer = await sendRaw(
      `DELETE /resources/v1/${projectPath}x HTTP/1.1\r\nHost: hub.example\r\nAuthorization: ${token()}\r\n` +
        'Content-Type: application/json\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each(['?', '&', '?&', '/'])('ignores a trailing %s', async (tail) => {
    expect((await client.call('GET', `/resources/v1/organizations${tail}`)).status).toBe(200);
  });
});

describe('paging', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=many', 'limit'],
    ['after=!', 'after'],
    ['after=%00', 'after'],
  ])('refuses %s', async (query, field) => {
    const answer = await client.call('GET', `/hub/v1/${projectPath}/issues?${query}`);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
  });
});

describe('operations', () => {
  const anonymous = { authorization: '' };

  it('says that it lives and is ready, to everybody', async () => {
    expect((await client.call('GET', '/health/live', undefined, anonymous)).status).toBe(200);
    expect((await client.call('GET', '/health/ready', undefined, anonymous)).status).toBe(200);
  });

  it('shows its metrics in the Prometheus format', async () => {
    const answer = await client.call('GET', '/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.text).toContain('# TYPE spillway_issue_events_accepted_total counter');
  });

  it('shows its metrics to a scraper that has a refresh token only, which opens nothing else', async () => {
    const lasting = { authorization: `Bearer ${BOOTSTRAP_TOKEN}` };
    expect((await client.call('GET', '/metrics', undefined, lasting)).status).toBe(200);
    expect((await client.call('GET', '/metrics', undefined, anonymous)).status).toBe(401);
    expect((await client.call('GET', '/resources/v1/organizations', undefined, lasting)).status).toBe(401);
  });

  it('sends headers that keep browsers from guessing', async () => {
    const { headers } = await client.call('GET', '/health/live');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('documentation', () => {
  it('describes every route in OpenAPI 3.1', async () => {
    const { json } = await client.call('GET', '/docs/openapi.json', undefined, { authorization: '' });
    expect(json.openapi).toBe('3.1.0');
    const create =
      json.paths['/integrate/v1/organizations/{organizationId}/projects/{projectId}/integrations'].post;
    expect(create.parameters.map((parameter: { name: string }) => parameter.name)).toEqual([
      'organizationId',
      'projectId',
      'verify',
    ]);
    expect(create.security).toEqual([{ bearer: [] }]);
    expect(JSON.stringify(create.requestBody)).toContain('"channelId"');
    expect(create.responses.default.content).toHaveProperty(['application/problem+json']);
    expect(json.paths['/oauth/token'].post.security).toBeUndefined();
  });

  it('names every route that needs no token, and all others refuse to work without one', async () => {
    const { json } = await client.call('GET', '/docs/openapi.json');
    const open: string[] = [];
    for (const [path, item] of Object.entries<Record<string, { security?: unknown }>>(json.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.security === undefined) {
          open.push(path);
          continue;
        }
        const url = path.replaceAll(/\{\w+\}/g, '00000000000000000000');
        const answer = await client.call(method.toUpperCase() as Method, url, {}, { authorization: '' });
        expect([method, path, answer.status]).toEqual([method, path, 401]);
      }
    }
    expect(open.sort()).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/public-key.pem',
      '/broken',
      '/health/live',
      '/health/ready',
      '/hub/v1/invites/accept',
      '/mfa/challenge',
      '/oauth/token',
    ]);
  });

  it('has no route under a project that serves a project of another organization', async () => {
    const { json } = await client.call('GET', '/docs/openapi.json');
    const { organizationId } = await client.tenant();
    const projectId = projectPath.split('/').at(-1) ?? '';
    let checked = 0;
    for (const [path, item] of Object.entries<object>(json.paths)) {
      if (!path.includes('/projects/{')) continue;
      expect(path).toContain('/organizations/{organizationId}/projects/{projectId}');
      const url = path.replace('{organizationId}', organizationId).replace('{projectId}', projectId);
      for (const method of Object.keys(item)) {
        const answer = await client.call(method.toUpperCase() as Method, url.replaceAll(/\{\w+\}/g, 'x'), {});
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('serves its pages to everybody', async () => {
    const page = await client.call('GET', '/docs', undefined, { authorization: '' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
    expect((await client.call('GET', '/docs/swagger-ui-bundle.js')).status).toBe(200);
  });

  it.each(['/docs', '/docs/', '/docs?theme=dark'])(
    'lets the page at %s load its own scripts',
    async (url) => {
      const { headers } = await client.call('GET', url);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
    },
  );
});
