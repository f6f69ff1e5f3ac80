import { OpsGenieStandIn } from '../../apps/sandbox/opsgenie/index.js';
import type { HubProject } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { startBenchHub } from './hub.js';

const KEY = 'bench-opsgenie-key';
const REPORTERS = 16;
const PATIENCE_MS = 60_000;

/** How fast many issues at once become alerts. */
export interface Burst {
  readonly issues: number;
  /** From the first report until OpsGenie has the last create, with the reports coming in meanwhile. */
  readonly reportedMs: number;
  /** The same for as many that waited already: from the moment they are let go. */
  readonly releasedMs: number;
  /** Until every one of the latter is confirmed by its verdict. */
  readonly confirmedMs: number;
  /** Creates a second that the stand-in takes from bare HTTP clients. */
  readonly ceilingPerSecond: number;
}

/** Runs a hub with these settings through two bursts of `issues`, one reported and one released. */
export async function measureBurst(
  settings: Readonly<Record<string, string>>,
  issues: number,
): Promise<Burst> {
  const opsGenie = new OpsGenieStandIn();
  await opsGenie.start();
  opsGenie.addKey(KEY);
  const ceilingPerSecond = await measureCeiling(opsGenie.url, issues);
  const hub = await startBenchHub({ OPSGENIE_API_URL: opsGenie.url, ...settings });
  const { project } = hub;
  try {
    const data = { sink: 'opsGenie', source: 'issues', apiKey: KEY };
    const id = await project.addIntegration(data);
    await report(project, 'warm-up', 200);
    await allConfirmed(project, id);
    opsGenie.calls.length = 0;
    let begun = performance.now();
    await Promise.all([report(project, 'reported', issues), allCreated(opsGenie, issues)]);
    const reportedMs = performance.now() - begun;
    await allConfirmed(project, id);
    await project.pause(id);
    await report(project, 'released', issues);
    opsGenie.calls.length = 0;
    begun = performance.now();
    await project.resume(id);
    await allCreated(opsGenie, issues);
    const releasedMs = performance.now() - begun;
    await allConfirmed(project, id);
    const confirmedMs = performance.now() - begun;
    return { issues, reportedMs, releasedMs, confirmedMs, ceilingPerSecond };
  } finally {
    await hub.stop();
    await opsGenie.stop();
  }
}

/** As many creates with nothing around them: bare `fetch`, as many at once as there are reporters. */
async function measureCeiling(url: string, issues: number): Promise<number> {
  const headers = { authorization: `GenieKey ${KEY}`, 'content-type': 'application/json' };
  const begun = performance.now();
  await together(issues, async (index) => {
    const body = JSON.stringify({ message: 'Disk usage is 85 %', alias: `bare-${index}` });
    const response = await fetch(`${url}/v2/alerts`, { method: 'POST', headers, body });
    if (response.status !== 202) throw new Error(`A bare create was answered with HTTP ${response.status}`);
    await response.arrayBuffer();
  });
  return (issues * 1_000) / (performance.now() - begun);
}

function report(project: HubProject, run: string, issues: number): Promise<void> {
  return together(issues, async (index) => {
    const key = `${run}-${index}`;
    await project.report({ key, event: 'open', kind: 'bench', severity: 'warning', message: key });
  });
}

/** Calls `work` with 1, 2, 3 …, so many at once. */
async function together(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await work(begun);
    }
  };
  await Promise.all(Array.from({ length: REPORTERS }, one));
}

const isCreate = ({ operation }: { readonly operation: string }): boolean => operation === 'create';

async function allCreated(opsGenie: OpsGenieStandIn, issues: number): Promise<void> {
  await opsGenie.whenCalled(issues);
  while (opsGenie.calls.filter(isCreate).length < issues)
    await opsGenie.whenCalled(opsGenie.calls.length + 1);
}

async function allConfirmed(project: HubProject, integrationId: string): Promise<void> {
  const settled = async (): Promise<boolean> => {
    const { accepted, delivered, coalesced } = await project.ledger(integrationId);
    return accepted === delivered + coalesced;
  };
  await waitUntil(settled, { timeoutMs: PATIENCE_MS, intervalMs: 100, what: 'every alert to be confirmed' });
}
