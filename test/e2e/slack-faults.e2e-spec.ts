import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SlackFault } from '../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { CLOSED_COLOR, OPEN_COLOR, SLACK_TOKEN, World } from './support/world.js';

/** As the sink waits after a 429 that says nothing of how long. */
const DEFAULT_WAIT_MS = 30_000;
const NEW_TOKEN = 'xoxb-e2e-planted-successor';

const disk = (event: 'open' | 'closed', key = 'disk-usage:external') => ({
  key,
  event,
  kind: 'disk-usage',
  severity: 'warning',
  message: event === 'open' ? 'Disk usage is 85 %' : 'Disk usage is 30 %',
});
const unavailable = { kind: 'http', status: 503, body: 'Service Unavailable' } as const;
const badGateway = { kind: 'http', status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' } as const;

interface Delivery {
  readonly outcome: string;
  readonly attempts: readonly { outcome: string; code: string; time: string; nextTryAt: string }[];
}
interface Explained {
  readonly integrations: readonly {
    next: { do: string; at: string };
    decisions: readonly { step: string }[];
  }[];
}

describe('a 429 of Slack without a hint', () => {
  let world: World;
  afterEach(() => world?.stop());

  const delivery = async (): Promise<Delivery> => {
    const path = `${world.project.integration(world.integrationId)}/deliveries`;
    const { deliveries } = await world.client.call<{ deliveries: { id: string }[] }>('GET', path);
    return world.client.call('GET', `${path}/${deliveries[0]!.id}`);
  };

  it('is waited for as long as is usual, and no longer when there is another token', async () => {
    world = await World.start();
    world.slack.faults.next('chat.postMessage', { kind: 'rate-limit' });
    const { issueId } = await world.project.report(disk('open'));
    await waitUntil(async () => (await delivery()).attempts.length === 1, { what: 'the refusal in the log' });
    const { outcome, attempts } = await delivery();
    expect([outcome, attempts[0]!.outcome]).toEqual(['inFlight', 'throttled']);
    const { time, nextTryAt } = attempts[0]!;
    const waitMs = Date.parse(nextTryAt) - Date.parse(time);
    expect(waitMs).toBeGreaterThanOrEqual(DEFAULT_WAIT_MS);
    expect(waitMs).toBeLessThan(DEFAULT_WAIT_MS + 10_000);
    const explain = `/hub/v1/${world.project.path}/issues/${issueId}/explain`;
    const [told] = (await world.client.call<Explained>('GET', explain)).integrations;
    expect(told!.next).toEqual({ do: 'post', at: nextTryAt });
    expect(told!.decisions).toContainEqual(expect.objectContaining({ step: 'throttle', at: nextTryAt }));
    expect(await world.project.ledger(world.integrationId)).toMatchObject({ inFlight: 1, balanced: true });
    expect(world.slack.workspace.messages).toEqual([]);

    world.slack.workspace.addToken(NEW_TOKEN, { userId: 'U1', botId: 'B1' });
    const path = `/integrate/v1/${world.project.path}/integrations/${world.integrationId}`;
    await world.client.call('PUT', path, { data: { token: NEW_TOKEN } });
    await world.untilColors(OPEN_COLOR);
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(1);
  });
});

describe('what befalls a post to Slack', () => {
  let world: World;
  beforeAll(async () => void (world = await World.start()));
  afterAll(() => world?.stop());

  const callsOf = (method: string) => world.slack.requests.filter((request) => request.method === method);

  it.each<[name: string, posts: number, fault: SlackFault]>([
    ['5xx', 2, unavailable],
    ['5xx although it was posted', 1, { ...unavailable, landed: true }],
    ['a dropped connection', 2, { kind: 'drop' }],
    ['a connection dropped after acceptance', 1, { kind: 'drop', landed: true }],
    ['a body that stalls after acceptance', 1, { kind: 'stall-body', landed: true }],
    ['HTML with 200 in place of the post', 2, { kind: 'html' }],
    ['HTML with 200 after acceptance', 1, { kind: 'html', landed: true }],
    ['HTML with 502', 2, badGateway],
    ['HTML with 502 after acceptance', 1, { ...badGateway, landed: true }],
  ])('leaves one message in the end: %s', async (name, posts, fault) => {
    const before = world.messages.length;
    world.slack.requests.length = 0;
    world.slack.faults.next('chat.postMessage', fault);
    const closed = Array<string>(before).fill(CLOSED_COLOR);
    await world.project.report(disk('open', name));
    await world.untilColors(...closed, OPEN_COLOR);
    await world.untilSettled();
    // What may have landed is looked for before it is posted again.
    expect(callsOf('conversations.history').length).toBeGreaterThanOrEqual(1);
    await world.project.report(disk('closed', name));
    await world.untilColors(...closed, CLOSED_COLOR);
    await world.untilSettled();
    expect(callsOf('chat.postMessage')).toHaveLength(posts);
    expect(world.slack.workspace.messages).toHaveLength(before + 1);
    expect(world.hub.output).not.toContain(SLACK_TOKEN);
  });

  it('leaves one message in the end: 5xx, and 5xx to the search for it', async () => {
    const closed = world.messages.map(() => CLOSED_COLOR);
    world.slack.requests.length = 0;
    world.slack.faults.next('*', unavailable, 2);
    await world.project.report(disk('open', 'twice'));
    await world.untilColors(...closed, OPEN_COLOR);
    await world.project.report(disk('closed', 'twice'));
    await world.untilColors(...closed, CLOSED_COLOR);
    await world.untilSettled();
    expect(world.slack.faults.pending).toBe(0);
    expect(world.messages).toHaveLength(closed.length + 1);
  });
});
