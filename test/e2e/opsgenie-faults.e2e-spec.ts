import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../apps/sandbox/stand-in/index.js';
import { OPSGENIE_KEY, OpsGenieWorld } from './support/opsgenie-world.js';

const disk = (event: 'open' | 'closed', key = 'disk-usage:external') => ({
  key,
  event,
  kind: 'disk-usage',
  severity: 'warning',
  message: event === 'open' ? 'Disk usage is 85 %' : 'Disk usage is 30 %',
});
const unavailable = { kind: 'answer', status: 503, body: 'Service Unavailable' } as const;
const limited = (headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'answer',
  status: 429,
  headers: { 'x-ratelimit-state': 'THROTTLED', ...headers },
  body: { message: 'You are making too many requests!', took: 0, requestId: 'r' },
});

interface Attempt {
  readonly time: string;
  readonly action: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly nextTryAt: string | null;
}

/** Of the only delivery, newest first. */
async function attempts({ client, project, integrationId }: OpsGenieWorld): Promise<readonly Attempt[]> {
  const path = `${project.integration(integrationId)}/deliveries`;
  const { deliveries } = await client.call<{ deliveries: readonly { id: string }[] }>('GET', path);
  expect(deliveries).toHaveLength(1);
  const delivery = await client.call<{ attempts: readonly Attempt[] }>('GET', `${path}/${deliveries[0]!.id}`);
  return delivery.attempts;
}

describe('a 429 of OpsGenie', () => {
  let world: OpsGenieWorld;
  afterEach(() => world?.stop());

  it.each([
    ['as long as the hint says', { 'x-ratelimit-period-in-sec': '2' }, 2_000],
    ['as long as Retry-After says', { 'retry-after': '2' }, 2_000],
    ['no shorter than the shortest period', { 'x-ratelimit-period-in-sec': '1' }, 1_000],
  ])('is waited for %s', async (_name, headers, waitMs) => {
    world = await OpsGenieWorld.start();
    world.opsGenie.faults.next('create', limited(headers));
    await world.project.report(disk('open'));
    await world.untilAlerts('open');
    const [refused, taken] = world.callsOf('create').map(({ at }) => at.getTime());
    expect(taken! - refused!).toBeGreaterThanOrEqual(waitMs);
  });

  it('without a hint is waited for a minute', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.faults.next('create', limited());
    await world.project.report(disk('open'));
    await world.until('the refusal in the log', () => world.hub.output.includes('"http_429"'));
    const [refused] = await attempts(world);
    expect(refused).toMatchObject({ action: 'open', outcome: 'throttled', code: 'http_429' });
    const waitMs = Date.parse(refused!.nextTryAt!) - Date.parse(refused!.time);
    expect(waitMs).toBeGreaterThanOrEqual(60_000);
    expect(waitMs).toBeLessThan(75_000);
    expect(await world.project.ledger(world.integrationId)).toMatchObject({ inFlight: 1, balanced: true });
    expect(world.callsOf('create')).toHaveLength(1);
    expect(world.opsGenie.alerts).toEqual([]);
  });
});

describe('a create that took effect although it was answered with 503', () => {
  let world: OpsGenieWorld;
  afterEach(() => world?.stop());

  it('is closed with its issue, and nobody is paged by what is over', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.faults.next('create', { ...unavailable, landed: true }, 2);
    await world.project.report(disk('open'));
    await world.until('the create', () => world.callsOf('create').length > 0);
    await world.project.report(disk('closed'));
    await world.untilAlerts('closed');
    await world.untilSettled();
  });
});

describe('what befalls a create', () => {
  let world: OpsGenieWorld;
  beforeAll(async () => void (world = await OpsGenieWorld.start()));
  afterAll(() => world?.stop());

  it.each<[string, Fault]>([
    ['5xx', unavailable],
    ['5xx although it took effect', { ...unavailable, landed: true }],
    ['a dropped connection', { kind: 'drop' }],
    ['a connection dropped after acceptance', { kind: 'drop', landed: true }],
    ['a body that stalls after acceptance', { kind: 'stall-body', landed: true }],
    ['HTML with 200', { kind: 'html', landed: true }],
    ['HTML with 502', { kind: 'html', status: 502 }],
  ])('leaves one alert in the end: %s', async (name, fault) => {
    world.opsGenie.calls.length = 0;
    world.opsGenie.faults.next('create', fault);
    const { issueId } = await world.project.report(disk('open', name));
    await world.until('the second create', () => world.callsOf('create').length === 2);
    await world.project.report(disk('closed', name));
    const ours = () => world.opsGenie.alerts.filter(({ alias }) => alias === issueId);
    await world.until(
      'its close',
      () =>
        ours()
          .map(({ status }) => status)
          .join() === 'closed',
    );
    await world.untilSettled();
    expect(ours()).toHaveLength(1);
    expect(world.hub.output).not.toContain(OPSGENIE_KEY);
  });
});
