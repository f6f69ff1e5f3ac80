import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssueView } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { World } from './support/world.js';

const run = promisify(execFile);

interface Printed {
  readonly kind: string;
  readonly node: string | null;
  readonly step: string;
  readonly time: string;
  readonly message: string;
}

describe('an incident that was recorded', () => {
  let world: World;
  let file: string;
  let url: string;
  let incident: IssueView;

  beforeAll(async () => {
    world = await World.start();
    const clusterId = await world.watchCluster();
    url = world.cluster.nodes[1]!.url;
    world.cluster.setDisk(1, 91);
    const issues = (status: 'open' | 'closed') => world.project.issues(status);
    const wait = { timeoutMs: 45_000, intervalMs: 50 };
    await waitUntil(async () => (await issues('open')).length > 0, { what: 'the issue', ...wait });
    world.cluster.setDisk(1, 30);
    await waitUntil(async () => (await issues('closed')).length > 0, { what: 'its end', ...wait });
    incident = (await issues('closed'))[0]!;
    file = join(world.directory, 'incident.jsonl');
    await writeFile(file, await world.project.observations(clusterId));
  });
  afterAll(() => world?.stop());

  async function replay(...args: string[]): Promise<Printed[]> {
    const settings = Object.entries(world.hub.settings).filter(([name]) => name.startsWith('SPILLWAY_'));
    const { stdout } = await run(
      process.execPath,
      [resolve('dist/tools/replay.js'), '--json', ...args, file],
      {
        env: { PATH: process.env['PATH'], ...Object.fromEntries(settings) },
        timeout: 30_000,
      },
    );
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Printed);
  }

  it('opens and closes again as it did, when it is replayed', async () => {
    const [open, close, ...others] = await replay();
    expect(others).toEqual([]);
    expect(open).toMatchObject({ kind: 'disk-usage', node: url, step: 'opened' });
    expect(close).toMatchObject({ kind: 'disk-usage', node: url, step: 'closed' });
    expect([open?.time, close?.time]).toEqual([incident.openedAt, incident.closedAt]);
    expect(open?.message).toContain('91.0 %');
  });

  it('would not have opened with another threshold', async () => {
    expect(await replay('--set', 'disk-usage.threshold=95')).toEqual([]);
    expect(await replay('--set', 'disk-usage.enabled=false')).toEqual([]);
  });

  it('is not replayed with a setting that does not exist', async () => {
    await expect(replay('--set', 'disk-usage.treshold=95')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('disk-usage has no treshold; possible are'),
    });
  });
});
