import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { systemClock } from '../../domain/index.js';
import { opsGenieSink } from './index.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';
const body = { message: KEY, took: 0, requestId: 'r' };

describe('the connection test', () => {
  let opsGenie: OpsGenieStandIn;
  const test = (apiUrl = opsGenie.url, target = 'opsgenie') =>
    opsGenieSink
      .connect({}, { apiKey: KEY }, { apiUrl, clock: systemClock }, { target })
      .test({ signal: new AbortController().signal });

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey(KEY);
  });
  afterEach(() => opsGenie.stop());

  it('tries the key by one question, and says what it could not check', async () => {
    expect(await test()).toEqual({
      ok: true,
      findings: [
        expect.stringMatching(/^OpsGenie accepts the API key, and it may read/),
        expect.stringMatching(/^Not checked: .*create alerts/),
        expect.stringMatching(/2027-04-05.*settings\.target jsm/),
      ],
    });
    expect(opsGenie.calls.map(({ operation, credential }) => [operation, credential])).toEqual([
      ['request-status', KEY],
    ]);
  });

  it('takes the base URL with a slash at the end, too', async () => {
    expect(await test(`${opsGenie.url}/`)).toMatchObject({ ok: true });
  });

  it('asks JSM Operations the same, in its name', async () => {
    expect(await test(opsGenie.url, 'jsm')).toEqual({
      ok: true,
      findings: [expect.stringMatching(/^JSM Operations accepts/), expect.stringMatching(/^Not checked/)],
    });
    expect(opsGenie.calls[0]!.path).toMatch(/^\/jsm\/ops\/integration\/v2\/alerts\/requests\//);
  });

  it('believes a gateway that refuses the key, and none that does not know the path', async () => {
    for (const target of ['opsgenie', 'opsgenie-eu', 'jsm'])
      for (const [status, kind] of [
        [401, 'unauthorized'],
        [404, 'transient'],
      ] as const) {
        opsGenie.faults.next('*', { kind: 'answer', status, body: { code: status, message: 'No' } });
        expect(await test(opsGenie.url, target), target).toMatchObject({ ok: false, outcome: { kind } });
      }
    opsGenie.rules.jsmTellsStatus = false;
    expect(await test(opsGenie.url, 'jsm')).toMatchObject({
      ok: false,
      findings: [expect.stringContaining('check settings.target and OPSGENIE_API_URL')],
    });
  });

  it('says that a key is malformed', async () => {
    opsGenie.rules.strictKeys = true;
    expect(await test()).toEqual({
      ok: false,
      findings: [expect.stringMatching(/^The API key is malformed, says OpsGenie: /)],
      outcome: { kind: 'unauthorized', code: 'http_422', reason: expect.any(String) },
    });
  });

  it('names the access right that is missing', async () => {
    opsGenie.addKey(KEY, { rights: ['create-and-update'] });
    expect((await test()).findings).toEqual([expect.stringContaining('lacks the access right Read')]);
  });

  it('fails for a key that is unknown, turned off, or may not read', async () => {
    opsGenie.addKey(KEY, { rights: [] });
    expect(await test()).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized', code: 'http_403_40301' },
    });
    opsGenie.addKey(KEY, { enabled: false });
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'unauthorized', code: 'http_401' } });
    opsGenie.reset();
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'unauthorized', code: 'http_401' } });
  });

  it.each([
    [{ status: 402, body }, { kind: 'unauthorized' }],
    [{ status: 422, body }, { kind: 'rejected' }],
    [{ status: 404, body }, undefined],
    [{ status: 200, body }, undefined],
    [{ status: 400, body }, { kind: 'rejected' }],
    [
      { status: 429, body },
      { kind: 'throttled', waitMs: 60_000 },
    ],
    [
      { status: 429, headers: { 'x-ratelimit-period-in-sec': '1' } },
      { kind: 'throttled', waitMs: 1_000 },
    ],
    [
      { status: 429, headers: { 'x-ratelimit-period-in-sec': 'soon' } },
      { kind: 'throttled', waitMs: 60_000 },
    ],
    [
      { status: 429, headers: { 'x-ratelimit-period-in-sec': '1e9' } },
      { kind: 'throttled', waitMs: 3_600_000 },
    ],
    [
      { status: 500, body },
      { kind: 'transient', code: 'http_500' },
    ],
    [
      { status: 404, body: 'Not Found' },
      { kind: 'transient', code: 'unreadable_answer' },
    ],
    [
      { status: 401, body: '<html></html>' },
      { kind: 'transient', code: 'unreadable_answer' },
    ],
    [
      { status: 200, body: { ...body, message: 'x'.repeat(300_000) } },
      { kind: 'transient', code: 'unreadable_answer' },
    ],
    [
      { status: 404, body: { ...body, requestId: 7 } },
      { kind: 'transient', code: 'unreadable_answer' },
    ],
  ])('makes of %j: %j', async (answer, outcome) => {
    opsGenie.faults.next('*', { kind: 'answer', ...answer });
    const report = await test();
    expect(report.ok).toBe(outcome === undefined);
    if (outcome) expect(report.outcome).toMatchObject(outcome);
    expect(JSON.stringify(report)).not.toContain(KEY);
  });

  it('follows no redirect: the key would go along', async () => {
    const other = new OpsGenieStandIn();
    await other.start();
    opsGenie.faults.next('*', { kind: 'redirect', location: other.url });
    expect(await test()).toMatchObject({ ok: false, outcome: { code: 'redirected' } });
    expect(other.calls).toEqual([]);
    await other.stop();
  });
});
