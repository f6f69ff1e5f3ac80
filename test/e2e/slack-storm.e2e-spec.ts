import { afterEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackMessage } from '../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { DEFAULT_SLACK_PACE } from './support/slack-pace.js';
import { CLOSED_COLOR, OPEN_COLOR, World } from './support/world.js';

const WARNINGS = 60;
const CRITICAL = ['split-brain-1', 'split-brain-2'];
/** Single messages that may have gone before more than this many were seen to open at once. */
const THRESHOLD = 20;
const STORM_PATIENCE_MS = 90_000;

const textOf = (message: SlackMessage): string => JSON.stringify(shownBy(message));
const isSummary = (message: SlackMessage): boolean => /issues? opened at once/.test(shownBy(message).text);
const colorOf = (message: SlackMessage): string | undefined => shownBy(message).attachments[0]?.color;

describe('a storm', () => {
  let world: World;
  afterEach(() => world?.stop());

  const event = (key: string, type: 'open' | 'closed', severity: string) => ({
    key,
    event: type,
    kind: key.replace(/-\d+$/, ''),
    severity,
    message: `${key} is ${type === 'open' ? 'bad' : 'well again'}`,
  });
  const warnings = Array.from({ length: WARNINGS }, (_, index) => `node-lost-${index + 1}`);
  const report = (type: 'open' | 'closed') =>
    Promise.all([
      ...warnings.map((key) => world.project.report(event(key, type, 'warning'))),
      ...CRITICAL.map((key) => world.project.report(event(key, type, 'critical'))),
    ]);
  const summaries = (): readonly SlackMessage[] => world.messages.filter(isSummary);
  const singles = (): readonly SlackMessage[] => world.messages.filter((message) => !isSummary(message));
  const balance = () => world.project.ledger(world.integrationId);
  const untilSettled = () =>
    waitUntil(async () => (await balance()).inFlight === 0, {
      what: 'nothing in flight',
      timeoutMs: STORM_PATIENCE_MS,
      intervalMs: 250,
    });

  it('is one live message beside those of critical issues, never faster than Slack allows', async () => {
    world = await World.start({ ...DEFAULT_SLACK_PACE, SPILLWAY_PUBLIC_URL: 'https://hub.example.com' });
    await report('open');
    await untilSettled();

    expect(summaries()).toHaveLength(1);
    const [summary] = summaries();
    const ofCritical = singles().filter((message) => textOf(message).includes('split-brain'));
    expect(ofCritical).toHaveLength(CRITICAL.length);
    const early = singles().length - CRITICAL.length;
    expect(early).toBeLessThanOrEqual(THRESHOLD);
    const absorbed = WARNINGS - early;
    expect(shownBy(summary!).text).toMatch(
      new RegExp(`^${absorbed} issues opened at once, all still open .*: up to warning$`),
    );
    expect(colorOf(summary!)).toBe(OPEN_COLOR);
    expect(textOf(summary!)).toMatch(/🟠 Node lost: warning/);
    expect(textOf(summary!)).toContain('<https://hub.example.com/hub/v1/organizations/');
    expect(textOf(summary!)).not.toMatch(/split.brain/i);
    expect(await balance()).toMatchObject({ accepted: WARNINGS + CRITICAL.length, balanced: true });

    await report('closed');
    await untilSettled();
    await waitUntil(() => world.messages.every((message) => colorOf(message) === CLOSED_COLOR), {
      what: 'every message to be green',
      timeoutMs: STORM_PATIENCE_MS,
    });

    expect(summaries()).toHaveLength(1);
    expect(shownBy(summaries()[0]!).text).toMatch(
      new RegExp(`^${absorbed} issues opened at once, all closed after `),
    );
    expect(world.messages).toHaveLength(1 + early + CRITICAL.length);
    expect(world.messages.some((message) => textOf(message).includes('possible duplicate'))).toBe(false);
    const ledger = await balance();
    expect(ledger).toMatchObject({
      accepted: 2 * (WARNINGS + CRITICAL.length),
      balanced: true,
      inFlight: 0,
      parked: 0,
      rejected: 0,
      suppressed: 0,
      expired: 0,
    });
    expect(ledger.delivered + ledger.coalesced).toBe(ledger.accepted);
    expect(world.slack.workspace.violations).toEqual([]);
  }, 240_000);

  it('lets an issue that becomes critical out, and has the rest in one message', async () => {
    world = await World.start({ SPILLWAY_SLACK_POST_INTERVAL: '200ms' });
    await Promise.all(warnings.map((key) => world.project.report(event(key, 'open', 'warning'))));
    await untilSettled();
    const shownAlone = singles().map(textOf).join('\n');
    const absorbed = warnings.find((key) => !new RegExp(`${key} is bad`).test(shownAlone))!;
    const before = singles().length;
    await world.project.report(event(absorbed, 'open', 'critical'));
    await untilSettled();
    expect(singles()).toHaveLength(before + 1);
    expect(textOf(singles().at(-1)!)).toContain(`${absorbed} is bad`);
    await waitUntil(
      () => shownBy(summaries()[0]!).text.startsWith(`${WARNINGS - before - 1} issues opened at once`),
      { what: 'the summary to count it no longer', timeoutMs: STORM_PATIENCE_MS },
    );
    expect(summaries()).toHaveLength(1);
    expect(await balance()).toMatchObject({ balanced: true, inFlight: 0 });
  }, 240_000);

  it('does not come up where the integration wants every message', async () => {
    world = await World.start();
    const path = world.project.integration(world.integrationId);
    await world.client.call('PUT', `${path}/settings`, { stormThreshold: 0 });
    await report('open');
    await untilSettled();
    expect(summaries()).toEqual([]);
    expect(singles()).toHaveLength(WARNINGS + CRITICAL.length);
  }, 120_000);
});
