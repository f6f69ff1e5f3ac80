import { afterEach, describe, expect, it } from 'vitest';
import { ApiRig } from './api-rig.fixture.js';

let rig: ApiRig;
afterEach(() => rig.end());

type Json = { readonly [name: string]: Json } & readonly Json[];
const get = (path: string) => fetch(rig.url + path);
const byName = (one: string, other: string) => one.localeCompare(other);
const documentOf = async () => (await (await get('/swagger/doc.json')).json()) as Json;

describe('the Swagger pages', () => {
  it.each(['/swagger', '/swagger/'])(
    '%s leads to the page, also behind a proxy with a prefix',
    async (path) => {
      rig = await ApiRig.start({ isSwaggerUiEnabled: true });
      const response = await fetch(rig.url + path, { redirect: 'manual' });
      const target = new URL(response.headers.get('location')!, `https://hub.example.com/some/prefix${path}`);
      expect(target.href).toBe('https://hub.example.com/some/prefix/swagger/index.html');
      expect((await get(path)).status).toBe(200);
    },
  );

  it('are whole, and name nothing by an absolute address', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const page = await get('/swagger/index.html');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const names = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      expect(name).toMatch(/^(\.\/)?[a-z0-9.-]+$/);
      expect((await get(`/swagger/${name}`)).status).toBe(200);
    }
    expect(await (await get('/swagger/swagger-initializer.js')).text()).toContain("url: './doc.json'");
  });

  it('give nothing else of the package away', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    for (const path of ['package.json', '..%2fpackage.json', '%2e%2e/package.json', 'absolute-path.js'])
      expect((await get(`/swagger/${path}`)).status).toBe(404);
  });

  it('cannot be written to', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const response = await rig.post('/swagger/doc.json', '{}');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('the Swagger document', () => {
  it('is that of cc-event-store, without a host', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const document = await documentOf();
    expect(document).toMatchObject({
      swagger: '2.0',
      info: { title: 'cc-event-store REST API', version: '1.0.0' },
      basePath: '/api/',
    });
    expect(document).not.toHaveProperty('host');
    expect(Object.keys(document.securityDefinitions!)).toEqual(['BearerAuth', 'ApiKeyAuth']);
  });

  it('refers to nothing that is not there, and leaves nothing unused', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const document = await documentOf();
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name!));
    expect([...references].toSorted(byName)).toEqual(Object.keys(document.definitions!).toSorted(byName));
  });

  it('names only what is served, with and without the slash', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const { basePath, paths } = await documentOf();
    for (const [path, methods] of Object.entries(paths!))
      for (const method of Object.keys(methods))
        for (const url of [`${String(basePath)}${path.slice(1)}`, `${String(basePath)}${path.slice(1, -1)}`])
          expect((await fetch(rig.url + url, { method })).status).toBeOneOf([200, 400]);
  });

  it.each([
    ['needs', undefined, true],
    ['does not need', 'house', false],
  ])('%s the cluster when the default is %s', async (_what, defaultCluster, required) => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true, defaultCluster });
    const { paths } = await documentOf();
    expect(paths!['/write/']!.post!.parameters![0]).toMatchObject({ name: 'cluster', required });
  });
});
