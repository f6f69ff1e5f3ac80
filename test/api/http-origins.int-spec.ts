import { Controller, Get, Req } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public, type HttpRequest } from '../../libs/rest/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

@Public()
@Controller('address')
class AddressController {
  @Get()
  address(@Req() request: HttpRequest) {
    return { ip: request.ip };
  }
}

const CONSOLE = 'https://console.example.com';
const ORGANIZATIONS = '/resources/v1/organizations';
const CORS_HEADER = /^access-control-/;

const corsHeaders = (headers: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(headers).filter((name) => CORS_HEADER.test(name));

const preflight = (api: ApiApp, origin: string) =>
  api.app.inject({
    method: 'OPTIONS',
    url: ORGANIZATIONS,
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

const addressSeen = async (api: ApiApp, forwardedFor?: string, remoteAddress = '192.0.2.1') => {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const answer = await api.app.inject({ method: 'GET', url: '/address', headers, remoteAddress });
  return answer.json<{ ip: string }>().ip;
};

describe('a hub as it is', () => {
  let api: ApiApp;
  let client: ApiClient;
  beforeAll(async () => {
    api = await startApiApp({ controllers: [AddressController] });
    client = new ApiClient(api.app);
    await client.signIn();
  });
  afterAll(() => api.close());

  it('tells pages of other origins nothing', async () => {
    const answer = await client.call('GET', ORGANIZATIONS, undefined, { origin: CONSOLE });
    expect([answer.status, corsHeaders(answer.headers)]).toEqual([200, []]);
    const asked = await preflight(api, CONSOLE);
    expect([asked.statusCode, corsHeaders(asked.headers)]).toEqual([404, []]);
    expect(asked.headers['content-type']).toContain('application/problem+json');
  });

  it('believes nobody who says for whom they call', async () => {
    expect(await addressSeen(api, '203.0.113.9')).toBe('192.0.2.1');
    expect(await addressSeen(api)).toBe('192.0.2.1');
  });

  it('promises no TLS that it does not know of', async () => {
    const { headers } = await client.call('GET', '/health/live');
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).toMatchObject({
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });
});

describe('a hub behind proxies, with a console elsewhere', () => {
  let api: ApiApp;
  let client: ApiClient;
  beforeAll(async () => {
    api = await startApiApp({
      controllers: [AddressController],
      environment: {
        SPILLWAY_CORS_ORIGINS: `${CONSOLE}, http://localhost:5173`,
        SPILLWAY_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::7',
        SPILLWAY_PUBLIC_URL: 'https://hub.example.com',
      },
    });
    client = new ApiClient(api.app);
    await client.signIn();
  });
  afterAll(() => api.close());

  it.each([CONSOLE, 'http://localhost:5173'])('lets pages of %s call, without cookies', async (origin) => {
    const answer = await client.call('GET', ORGANIZATIONS, undefined, { origin });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers['vary']).toContain('Origin');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('answers what browsers ask first, without a token', async () => {
    const { statusCode, headers } = await preflight(api, CONSOLE);
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': CONSOLE,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'authorization, content-type',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('shows those pages errors, too', async () => {
    const answer = await client.call('GET', '/nowhere', undefined, { origin: CONSOLE });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([404, CONSOLE]);
    const anonymous = { origin: CONSOLE, authorization: '' };
    const refused = await client.call('GET', ORGANIZATIONS, undefined, anonymous);
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, CONSOLE]);
  });

  it.each([
    'https://console.example.com.evil.example',
    'https://evil.example',
    'http://console.example.com',
    'https://console.example.com:8443',
    'null',
    '*',
  ])('tells pages of %s nothing', async (origin) => {
    const answer = await client.call('GET', ORGANIZATIONS, undefined, { origin });
    expect(corsHeaders(answer.headers)).toEqual([]);
    const asked = await preflight(api, origin);
    expect([asked.statusCode, corsHeaders(asked.headers)]).toEqual([404, []]);
  });

  it('sees the caller behind its proxies', async () => {
    expect(await addressSeen(api, '203.0.113.9', '10.1.2.3')).toBe('203.0.113.9');
    expect(await addressSeen(api, '203.0.113.9, 10.9.9.9', '10.1.2.3')).toBe('203.0.113.9');
    expect(await addressSeen(api, '203.0.113.9', '2001:db8::7')).toBe('203.0.113.9');
    expect(await addressSeen(api, '203.0.113.9', '::ffff:10.1.2.3')).toBe('203.0.113.9');
  });

  it('takes no address from anybody else', async () => {
    expect(await addressSeen(api, '203.0.113.9')).toBe('192.0.2.1');
    expect(await addressSeen(api, '203.0.113.9', '2001:db8::8')).toBe('2001:db8::8');
    // What a caller put there before the proxy added their own address.
    expect(await addressSeen(api, '198.51.100.1, 203.0.113.9', '10.1.2.3')).toBe('203.0.113.9');
  });

  it('tells browsers to come by TLS, on every kind of answer', async () => {
    for (const url of ['/health/live', '/nowhere', '/health/%zz', '/docs']) {
      const { headers } = await client.call('GET', url);
      expect([url, headers['strict-transport-security']]).toEqual([url, 'max-age=31536000']);
    }
  });
});
