import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { CLOSED_COLOR, OPEN_COLOR, SLACK_TOKEN, World } from './support/world.js';

const disk = (event: 'open' | 'closed', message = 'Disk usage is 85 %') => ({
  key: 'disk-usage:external',
  event,
  kind: 'disk-usage',
  severity: 'warning',
  message,
});

describe('what goes wrong between the hub and Slack', () => {
  let world: World;
  afterEach(() => world?.stop());

  it('finds its message again when it was killed between the post and its record', async () => {
    world = await World.start();
    world.slack.events.once('posted', () => process.kill(world.hub.pid!, 'SIGKILL'));
    await world.project.report(disk('open')).catch(() => undefined);
    await world.slack.waitFor(() => world.messages.length === 1, 10_000);
    await world.restart('SIGKILL');
    await world.project.report(disk('closed'));
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(1);
  });

  it('marks the second message when it was killed and may not read the history', async () => {
    world = await World.start();
    world.slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1', scopes: ['chat:write'] });
    world.slack.events.once('posted', () => process.kill(world.hub.pid!, 'SIGKILL'));
    await world.project.report(disk('open')).catch(() => undefined);
    await world.slack.waitFor(() => world.messages.length === 1, 10_000);
    await world.restart('SIGKILL');
    await world.project.report(disk('closed'));
    await world.untilColors(OPEN_COLOR, CLOSED_COLOR);
    await world.untilSettled();
    expect(JSON.stringify(shownBy(world.messages[1]!))).toMatch(/possible duplicate/i);
  });

  it('waits as long as a 429 says, then sends what is true by then', async () => {
    world = await World.start();
    world.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 3 });
    await world.project.report(disk('open'));
    await world.slack.waitFor(({ requests }) => requests.length === 1);
    const throttledAt = world.slack.requests[0]!.at.getTime();
    await world.project.report(disk('closed', 'Disk usage is 30 %'));
    await world.untilColors(CLOSED_COLOR);
    const posts = world.slack.requests.filter(({ method }) => method === 'chat.postMessage');
    expect(posts).toHaveLength(2);
    expect(posts[1]!.at.getTime() - throttledAt).toBeGreaterThanOrEqual(3_000);
    await world.untilSettled();
  });

  it('posts afresh when somebody deleted the message', async () => {
    world = await World.start();
    await world.project.report(disk('open'));
    await world.untilColors(OPEN_COLOR);
    await world.untilSettled();
    world.slack.workspace.delete(world.messages[0]!.channel, world.messages[0]!.ts);
    await world.project.report(disk('closed', 'Disk usage is 30 %'));
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
  });

  it('loses and doubles nothing when PostgreSQL stands still for ten seconds', async () => {
    world = await World.start();
    await world.project.report(disk('open'));
    await world.untilColors(OPEN_COLOR);
    const frozen = await postgresProcesses(world.directory);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    const begun = performance.now();
    const reported = world.project.report(disk('closed', 'Disk usage is 30 %'));
    await waitUntil(() => performance.now() - begun > 10_000, { what: 'ten seconds', timeoutMs: 11_000 });
    expect(world.colors()).toEqual([OPEN_COLOR]);
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    await reported;
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(1);
  });

  it('goes on when PostgreSQL was killed right after a post, and doubles nothing', async () => {
    world = await World.start();
    const [postmaster] = await postgresProcesses(world.directory);
    world.slack.events.once('posted', () => process.kill(postmaster!, 'SIGKILL'));
    await world.project.report(disk('open'));
    await world.untilColors(OPEN_COLOR);
    await waitUntil(async () => (await world.client.request('GET', '/health/ready')).status < 300, {
      what: 'the hub to be ready again',
      timeoutMs: 30_000,
    });
    await world.project.report(disk('closed', 'Disk usage is 30 %'));
    await world.untilColors(CLOSED_COLOR);
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(1);
  });

  it('writes no secret into its log', async () => {
    world = await World.start({ LOG_LEVEL: 'trace' });
    world.slack.faults.next('chat.postMessage', { kind: 'html' });
    world.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_auth' });
    await world.project.report(disk('open'));
    await waitUntil(() => world.hub.output.includes('invalid_auth'), {
      what: 'the failure in the log',
      timeoutMs: 30_000,
    });
    expect(world.hub.output).not.toContain(SLACK_TOKEN);
  });
});

/** The embedded server's processes, the postmaster first. */
async function postgresProcesses(directory: string): Promise<number[]> {
  const postmaster = Number(
    (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0],
  );
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === postmaster) children.push(Number(name));
  }
  return [postmaster, ...children];
}
