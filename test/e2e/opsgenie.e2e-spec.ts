import { afterEach, describe, expect, it } from 'vitest';
import { OPSGENIE_KEY, OpsGenieWorld } from './support/opsgenie-world.js';

const disk = (event: 'open' | 'closed', severity = 'warning', key = 'disk-usage:external') => ({
  key,
  event,
  kind: 'disk-usage',
  severity,
  message: event === 'open' ? `Disk usage is high: ${severity}` : 'Disk usage is 30 %',
});
const unavailable = { kind: 'answer', status: 503, body: 'Service Unavailable' } as const;

describe('the hub and OpsGenie', () => {
  let world: OpsGenieWorld;
  afterEach(() => world?.stop());

  it.each(['opsgenie', 'jsm'])('opens, notes and closes the alert of an issue: %s', async (target) => {
    world = await OpsGenieWorld.start({ target, priorities: { warning: 'P2' } });
    const { issueId } = await world.project.report(disk('open'));
    const [alert] = await world.untilAlerts('open');
    expect(alert).toMatchObject({ alias: issueId, priority: 'P2', api: target, key: OPSGENIE_KEY });
    await world.project.report(disk('open', 'critical'));
    await world.until('a note', () => alert!.notes.length === 1);
    expect(alert!.notes[0]!.note).toContain('Critical: Disk usage is high');
    await world.project.report(disk('closed'));
    await world.untilAlerts('closed');
    await world.untilSettled();
    expect(await world.project.ledger(world.integrationId)).toMatchObject({ accepted: 3, delivered: 3 });
    for (const { credential } of world.opsGenie.calls) expect(credential).toBe(OPSGENIE_KEY);
  });

  it('never lets a close overtake the create, however long the create is processed', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.account.processing.hold();
    await world.project.report(disk('open'));
    await world.until('the create', () => world.callsOf('create').length === 1);
    await world.project.report(disk('closed'));
    await world.until('two questions', () => world.callsOf('request-status').length === 2);
    expect(world.callsOf('close')).toEqual([]);
    world.opsGenie.account.processing.release();
    await world.untilAlerts('closed');
    await world.untilSettled();
  });

  it('leaves the alerts of notifications open', async () => {
    world = await OpsGenieWorld.start(undefined, 'notifications');
    await world.client.call('POST', `/hub/v1/${world.project.path}/notifications`, {
      severity: 'critical',
      message: 'Cluster instances failed to provision',
    });
    await world.untilAlerts('open');
    await world.untilSettled();
    expect(world.callsOf('close')).toEqual([]);
  });

  it('does not believe a 202: what is refused when it is processed is rejected, with the reason', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.account.processing.hold();
    world.opsGenie.account.failNext('create', 'A filter of the integration ignores this');
    await world.project.report(disk('open'));
    await world.until('the first question', () => world.callsOf('request-status').length === 1);
    world.opsGenie.account.processing.release();
    await world.untilSettled();
    expect(await world.project.ledger(world.integrationId)).toMatchObject({ rejected: 1, delivered: 0 });
    const answers = world.callsOf('request-status').map(({ answer }) => answer?.status);
    expect(answers).toEqual([404, 200]);
    expect(world.hub.output).toContain('A filter of the integration ignores this');
    expect(world.opsGenie.alerts).toEqual([]);
  });

  it.each([
    ['opsgenie', 'get-alert'],
    ['jsm', 'close'],
  ])('closes an alert again that was reopened behind its back: %s', async (target, look) => {
    world = await OpsGenieWorld.start({ target });
    const { issueId } = await world.project.report(disk('open'));
    await world.untilAlerts('open');
    await world.untilSettled();
    await world.project.report(disk('closed'));
    await world.untilAlerts('closed');
    const before = world.callsOf(look).length;
    world.opsGenie.faults.next(look, unavailable);
    await world.until('the first look', () => world.callsOf(look).length > before);
    world.opsGenie.account.openByHand(issueId);
    await world.untilAlerts('closed', 'closed');
    await world.untilSettled();
    const counted = /^spillway_delivery_drifts_total\{.*sink="opsGenie".*\} 1$/m;
    await world.until('a counted drift', async () => counted.test(await world.client.text('/metrics')));
    await world.untilSettled();
  });

  it('leaves an alert alone that a person closed, until it gets worse', async () => {
    world = await OpsGenieWorld.start();
    const { issueId } = await world.project.report(disk('open', 'warning'));
    await world.untilAlerts('open');
    await world.untilSettled();
    world.opsGenie.account.closeByHand(issueId);
    await world.project.report(disk('open', 'info'));
    await world.untilSettled();
    await world.untilAlerts('closed');
    await world.project.report(disk('open', 'critical'));
    await world.untilAlerts('closed', 'open');
  });

  it('sends each integration’s alerts with its own key', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.addKey('e2e-planted-other-key');
    const other = await world.client.createProject();
    await other.addIntegration({ sink: 'opsGenie', source: 'issues', apiKey: 'e2e-planted-other-key' });
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const owners = new Map<string, string>();
    await Promise.all(
      numbers.map(async (number) => {
        const report = disk('open', 'warning', `k${number}`);
        owners.set((await world.project.report(report)).issueId, OPSGENIE_KEY);
        owners.set((await other.report(report)).issueId, 'e2e-planted-other-key');
      }),
    );
    await world.until('20 alerts', () => world.opsGenie.alerts.length === 20);
    for (const { alias, key } of world.opsGenie.alerts) expect(key).toBe(owners.get(alias));
  });

  it('turns failing when the key is turned off, and goes on with a new one', async () => {
    world = await OpsGenieWorld.start();
    world.opsGenie.addKey(OPSGENIE_KEY, { enabled: false });
    await world.project.report(disk('open'));
    const health = () =>
      world.client.call<{ health: string; reason: string }>(
        'GET',
        `${world.project.integration(world.integrationId)}/health`,
      );
    await world.until('failing', async () => (await health()).health === 'failing');
    expect((await health()).reason).toMatch(/does not know the API key/);
    world.opsGenie.addKey('e2e-planted-new-key');
    await world.client.call(
      'PUT',
      `/integrate/v1/${world.project.path}/integrations/${world.integrationId}`,
      {
        data: { sink: 'opsGenie', apiKey: 'e2e-planted-new-key' },
      },
    );
    const [alert] = await world.untilAlerts('open');
    expect(alert!.key).toBe('e2e-planted-new-key');
  });
});
