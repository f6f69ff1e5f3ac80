import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GenericIntegrationResource,
  type IntegrationConfig,
  type StringMap,
} from './support/terraform-generic.js';
import { startTerraformStage, type TerraformStage } from './support/terraform-stage.js';

let stage: TerraformStage;
beforeAll(async () => {
  stage = await startTerraformStage();
});
afterAll(() => stage?.stop());

describe('eventstorecloud_integration', () => {
  const configs: Readonly<Record<string, { data: StringMap; secret: string; changed: StringMap }>> = {
    slack: {
      data: {
        sink: 'slack',
        source: 'issues',
        channel_id: '#Alerts_of-Production',
        token: 'xoxb-1234-terraform',
      },
      secret: 'token',
      changed: { channel_id: 'C0123456789' },
    },
    opsGenie: {
      data: { sink: 'opsGenie', source: 'issues', api_key: '7a1c0b42-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
      secret: 'api_key',
      changed: { api_key: '00000000-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
    },
  };

  it.each(Object.entries(configs))(
    '%s goes through its whole life: create, plan, update, import, delete, refresh',
    async (_sink, { data, secret, changed }) => {
      const { integrations, projectId } = stage;
      const resource = new GenericIntegrationResource(integrations);
      const config: IntegrationConfig = { projectId, description: 'alerts', data };
      const state = await resource.create(config);
      const { [secret]: _secret, ...readable } = data;
      expect(state.data).toEqual(readable);
      expect(resource.plan(config, state)).toEqual([`+ data.${secret}`]);
      expect(resource.plan(config, state, [secret])).toEqual([]);

      const next = { ...config, description: 'more alerts', data: { ...data, ...changed } };
      const updated = (await resource.update(state, next))!;
      expect(resource.plan(next, updated, [secret])).toEqual([]);
      // The secret is not in the state: an apply without any other change sends everything again.
      expect(await resource.update(updated, next)).toEqual(updated);
      // A description that became empty is not sent.
      expect((await resource.update(updated, { ...next, description: '' }))!.description).toBe('more alerts');

      expect(await resource.import(`${projectId}:${state.id}`)).toEqual(updated);
      expect(await resource.delete(updated)).toBe(1);
      expect(await resource.refresh(updated)).toBeUndefined();
      expect(await resource.import(`${projectId}:${state.id}`)).toBeUndefined();
      // Once more, as a second destroy of a state that was kept.
      expect(await resource.delete(updated)).toBe(1);
    },
  );

  it.each(Object.entries(configs))(
    '%s keeps its secret when changes of that are ignored: only what changed is sent',
    async (_sink, { data, secret }) => {
      const { integrations, projectId } = stage;
      const resource = new GenericIntegrationResource(integrations);
      const config: IntegrationConfig = { projectId, description: 'alerts', data };
      const state = await resource.create(config);
      const before = await integrations.get(projectId, state.id);
      expect(Object.values(before.data)).toContain(`****${data[secret]!.slice(-4)}`);

      const described = { ...config, description: 'more alerts' };
      const updated = (await resource.update(state, described, [secret]))!;
      expect(updated).toEqual({ ...state, description: 'more alerts' });
      expect((await integrations.get(projectId, state.id)).data).toEqual(before.data);

      // Nothing at all is left to send.
      expect(await resource.update(updated, { ...described, description: '' }, [secret])).toEqual(updated);

      const moved = { ...described, data: { ...data, source: 'notifications' } };
      expect(resource.plan(moved, (await resource.update(updated, moved, [secret]))!, [secret])).toEqual([]);
      const after = await integrations.get(projectId, state.id);
      expect(after.data).toEqual({ ...before.data, source: 'notifications' });
      await resource.delete(updated);
    },
  );

  it('without a source keeps the one it has, and shows that it is not configured', async () => {
    const { integrations, projectId } = stage;
    const resource = new GenericIntegrationResource(integrations);
    const data = { sink: 'slack', channel_id: '#alerts', token: 'xoxb-1' };
    const config: IntegrationConfig = { projectId, description: 'alerts', data };
    const state = await resource.create({ ...config, data: { ...data, source: 'notifications' } });
    const updated = (await resource.update(state, config))!;
    expect(updated.data['source']).toBe('notifications');
    expect(resource.plan(config, updated, ['token'])).toEqual(['- data.source']);
    await resource.delete(updated);
  });

  it('shows what is wrong, with a line for each field', async () => {
    const { integrations, projectId } = stage;
    const resource = new GenericIntegrationResource(integrations);
    const create = (data: StringMap) => resource.create({ projectId, description: '', data });
    await expect(create({ sink: 'slack' })).rejects.toThrow(
      /400 Bad Request: .*\n\tdata\.channelId - .*\n\tdata\.token - /s,
    );
    await expect(create({ sink: 'telex' })).rejects.toThrow(/400 Bad Request.*\n\tdata\.sink - /s);
    const state = await create({ sink: 'slack', channel_id: '#a', token: 'xoxb-1' });
    const other = { projectId, description: '', data: { sink: 'opsGenie', api_key: 'k' } };
    await expect(resource.update(state, other)).rejects.toThrow(/400 Bad Request.*\n\tdata\.sink - /s);
    await expect(resource.refresh({ projectId, id: '0'.repeat(20) })).rejects.toThrow(/404 Not Found/);
    await resource.delete(state);
  });
});

describe('the tight loop after a deletion', () => {
  const ROUNDS = 300;
  const AT_ONCE = 8;

  it('may ask hundreds of times a second, with a new token and a new connection each time', async () => {
    const { integrations, projectId } = stage;
    const resource = new GenericIntegrationResource(integrations);
    const data = { sink: 'slack', source: 'issues', channel_id: '#a', token: 'xoxb-1' };
    const state = await resource.create({ projectId, description: '', data });
    expect(await resource.delete(state)).toBe(1);
    const begunAt = performance.now();
    const statuses: string[] = [];
    let asked = 0;
    const ask = async (): Promise<void> => {
      while (asked < ROUNDS) {
        asked += 1;
        statuses.push((await integrations.get(projectId, state.id)).status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect(statuses).toEqual(Array.from({ length: ROUNDS }, () => 'deleted'));
    // None was put off: at 60 a minute this would have taken five minutes.
    expect(performance.now() - begunAt).toBeLessThan(30_000);
  });
});
