import type { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import type { HubProject } from '../../apps/sandbox/hub/index.js';
import { paced, summarize, type Summary } from './statistics.js';

const DRAIN_PATIENCE_MS = 30_000;

export interface Latency {
  /** From before the request that reports the event is sent until Slack has the post. */
  readonly fromRequest: Summary;
  /** From the 202, with the event committed, until Slack has the post; 0 when Slack was faster. */
  readonly fromAccepted: Summary;
}

/** Reports `count` issues at a steady rate and takes the time until each is posted. `run` tells this series from others.
 * Throws when one is not posted. */
export async function measureLatency(
  project: HubProject,
  slack: SlackStandIn,
  run: string,
  count: number,
  perSecond: number,
): Promise<Latency> {
  const requestedAt: number[] = [];
  const acceptedAt: number[] = [];
  const postedAt = new Map<number, number>();
  slack.events.on('requested', ({ method, form }) => {
    if (method !== 'chat.postMessage') return;
    const index = new RegExp(`${run} (\\d+)`).exec(JSON.stringify(form))?.[1];
    if (index !== undefined) postedAt.set(Number(index), performance.now());
  });
  await paced(count, perSecond, async (index) => {
    requestedAt[index] = performance.now();
    await project.report({
      key: `${run}-${index}`,
      event: 'open',
      kind: 'bench',
      severity: 'warning',
      message: `${run} ${index}`,
    });
    acceptedAt[index] = performance.now();
  });
  await slack.waitFor(() => postedAt.size === count, DRAIN_PATIENCE_MS);
  const since = (from: readonly number[]): Summary =>
    summarize(from.map((at, index) => Math.max(0, postedAt.get(index)! - at)));
  return { fromRequest: since(requestedAt), fromAccepted: since(acceptedAt) };
}
