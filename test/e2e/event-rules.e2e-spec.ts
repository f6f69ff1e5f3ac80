import { afterEach, expect, it } from 'vitest';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { CHANNEL, SLACK_TOKEN, World } from './support/world.js';

let world: World;
afterEach(() => world?.stop());

/** As cc-slurm-adapter writes it, with its tags. */
const jobLine = (jobId: number, state: string): string =>
  `job,function=stop_job,hostname=login1,type=node,type-id=0 ` +
  `event="{\\"cluster\\":\\"alex\\",\\"jobId\\":${jobId},\\"state\\":\\"${state}\\"}" ${BigInt(Date.now()) * 1_000_000n}\n`;

it('tells Slack of a failed job, once, and of no other, and answers queries on them all', async () => {
  world = await World.start();
  await world.project.addSlack(`#${CHANNEL}`, SLACK_TOKEN, 'notifications');
  const path = `/hub/v1/${world.project.path}`;
  const { token } = await world.client.call<{ token: string }>('POST', `${path}/ingest-tokens`, {
    label: 'slurm',
  });
  await world.client.call('POST', `${path}/event-rules`, {
    name: 'job',
    function: 'stop_job',
    severity: 'critical',
    matcher: [{ path: 'state', op: 'equals', value: 'failed' }],
    title: 'Job {{payload.jobId}}',
    message: 'Job {{payload.jobId}} on {{hostname}} of {{cluster}} failed: {{payload.state}}',
  });
  const headers = { authorization: `Bearer ${token}` };
  const body = jobLine(69, 'failed') + jobLine(70, 'completed');
  const written = await fetch(`${world.hub.url}/api/write/`, { method: 'POST', headers, body });
  expect([written.status, await written.text()]).toEqual([200, '']);

  await world.slack.waitFor(() => world.messages.length > 0, 30_000);
  await world.untilSettled();
  const shown = world.messages.map((message) => JSON.stringify(shownBy(message)));
  expect(shown).toHaveLength(1);
  expect(shown[0]).toContain('Job 69 on login1 of alex failed: failed');

  await world.restart('SIGKILL');
  const query = {
    cluster: 'alex',
    queries: [{ event: 'job', host: 'login1', type: 'node', 'type-ids': ['0'] }],
  };
  const found = await fetch(`${world.hub.url}/api/query/`, {
    method: 'POST',
    headers,
    body: JSON.stringify(query),
  });
  const { results } = (await found.json()) as { results: { data: { Event: string }[] }[][] };
  expect(results[0]![0]!.data.map(({ Event }) => JSON.parse(Event) as unknown)).toEqual([
    { cluster: 'alex', jobId: 69, state: 'failed' },
    { cluster: 'alex', jobId: 70, state: 'completed' },
  ]);
  expect(world.messages).toHaveLength(1);
});
