import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { CHANNEL, CLOSED_COLOR, OPEN_COLOR, SLACK_TOKEN, World } from './support/world.js';

const disk = (event: 'open' | 'closed', message = 'Disk usage is 85 %') => ({
  key: 'disk-usage:external',
  event,
  kind: 'disk-usage',
  severity: 'warning',
  message,
});

describe('an integration that Slack does not let in', () => {
  let world: World;
  afterEach(() => world?.stop());

  interface Health {
    readonly health: string;
    readonly reason: string;
  }
  const health = (): Promise<Health> =>
    world.client.call('GET', `${world.project.integration(world.integrationId)}/health`);
  const untilFailing = async (): Promise<Health> => {
    await waitUntil(async () => (await health()).health === 'failing', {
      what: 'the integration to be failing',
    });
    return health();
  };
  const untilParked = async (units: number): Promise<void> => {
    const ledger = () => world.project.ledger(world.integrationId);
    await waitUntil(async () => (await ledger()).parked === units, { what: `${units} parked units` });
    expect(await ledger()).toMatchObject({ parked: units, inFlight: 0, balanced: true });
  };

  it('turns failing when the token is revoked, keeps the backlog, and sends it when a new one is put in', async () => {
    world = await World.start();
    world.slack.workspace.revokeToken(SLACK_TOKEN);
    await world.project.report(disk('open'));
    const path = `${world.project.path}/integrations/${world.integrationId}`;
    expect((await untilFailing()).reason).toMatch(/revoked/);
    await untilParked(1);
    world.slack.workspace.addToken('xoxb-new', { userId: 'U1', botId: 'B1' });
    await world.client.call('PUT', `/integrate/v1/${path}`, { data: { sink: 'slack', token: 'xoxb-new' } });
    await world.untilColors(OPEN_COLOR);
    await world.untilSettled();
    expect((await health()).health).toBe('healthy');
  });

  it('sends the backlog at once when a connection test finds the token in order again', async () => {
    world = await World.start();
    world.slack.workspace.revokeToken(SLACK_TOKEN);
    await world.project.report(disk('open'));
    await untilFailing();
    world.slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
    const path = `/integrate/v1/${world.project.path}/integrations/${world.integrationId}/test`;
    await world.client.call('POST', path, {});
    await world.untilColors(OPEN_COLOR);
    await world.untilSettled();
    expect((await health()).health).toBe('healthy');
  });

  it('turns failing when the channel is archived, and after a resume shows what is true by then', async () => {
    world = await World.start();
    await world.project.report(disk('open'));
    await world.untilColors(OPEN_COLOR);
    await world.untilSettled();
    world.slack.workspace.changeChannel(CHANNEL, { isArchived: true });
    await world.project.report({ ...disk('open', 'Disk usage is 97 %'), severity: 'critical' });
    expect((await untilFailing()).reason).toMatch(/archived/);
    await world.project.report(disk('closed', 'Disk usage is 30 %'));
    await world.project.report({ ...disk('open'), key: 'another', message: 'Disk usage is 91 %' });
    await untilParked(3);
    world.slack.workspace.changeChannel(CHANNEL, { isArchived: false });
    await world.project.resume(world.integrationId);
    await world.untilColors(CLOSED_COLOR, OPEN_COLOR);
    await world.untilSettled();
    expect((await health()).health).toBe('healthy');
    const [, ...later] = world.messages[0]!.revisions;
    expect(later.map(({ text }) => text)).toEqual([expect.stringMatching(/closed after/)]);
  });
});
