import { OpsGenieStandIn } from '../../apps/sandbox/opsgenie/index.js';
import type { HubProject } from '../../apps/sandbox/hub/index.js';
import type { Fault, StandInAnswer, StandInRequest } from '../../apps/sandbox/stand-in/index.js';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { HubClient } from '../../apps/sandbox/hub/index.js';
import { BENCH_TOKEN, startBenchHub } from './hub.js';
import { paced, summarize, type Summary } from './statistics.js';

const QUIET = 'bench-quiet-key';
const FAULTY = 'bench-faulty-key';
const PATIENCE_MS = 30_000;
const FOR_EVER = 1_000_000;

const FAULTS: Readonly<Record<string, Fault>> = {
  'no answer': { kind: 'hang' },
  'HTTP 503': { kind: 'answer', status: 503, body: 'Service Unavailable' },
  'cut connections': { kind: 'drop' },
  'HTTP 429': {
    kind: 'answer',
    status: 429,
    headers: { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-period-in-sec': '1' },
    body: { message: 'You are making too many requests!', took: 0, requestId: 'r' },
  },
  'HTTP 401': {
    kind: 'answer',
    status: 401,
    body: { message: 'Could not authenticate', took: 0, requestId: 'r' },
  },
};

/** What one integration's creates take while another one of the same sink is well, or in trouble. */
export interface IsolationRow {
  readonly other: string;
  readonly latency: Summary;
}

/** Tells the calls of the two keys apart, and when each create came. */
class TwoKeys extends OpsGenieStandIn {
  readonly createdAt = new Map<string, number>();

  protected override operationOf(request: StandInRequest): string {
    const operation = super.operationOf(request);
    return this.credentialOf(request) === FAULTY ? `faulty ${operation}` : operation;
  }

  protected override answer(request: StandInRequest): StandInAnswer {
    if (this.operationOf(request) === 'create') {
      const { message } = JSON.parse(request.body.toString('utf8')) as { message: string };
      this.createdAt.set(message, performance.now());
    }
    return super.answer(request);
  }
}

/** Reports `count` issues at a steady rate in each of two projects, again for every fault of the second's integration. */
export async function measureIsolation(count: number, perSecond: number): Promise<IsolationRow[]> {
  const opsGenie = new TwoKeys();
  await opsGenie.start();
  opsGenie.addKey(QUIET);
  opsGenie.addKey(FAULTY);
  const hub = await startBenchHub({ OPSGENIE_API_URL: opsGenie.url });
  try {
    const client = new HubClient(hub.process.url);
    await client.logIn(BENCH_TOKEN);
    const other = await client.createProject();
    await hub.project.addIntegration({ sink: 'opsGenie', source: 'issues', apiKey: QUIET });
    await other.addIntegration({ sink: 'opsGenie', source: 'issues', apiKey: FAULTY });
    const measure = (run: string) => measureRun(hub.project, other, opsGenie, run, count, perSecond);
    await measure('warm-up');
    const rows: IsolationRow[] = [];
    for (const [name, fault] of Object.entries(FAULTS)) {
      rows.push({ other: `before ${name}: well`, latency: await measure(`well before ${name}`) });
      opsGenie.faults.next('faulty create', fault, FOR_EVER);
      rows.push({ other: name, latency: await measure(name) });
      opsGenie.faults.clear();
    }
    return rows;
  } finally {
    await hub.stop();
    await opsGenie.stop();
  }
}

async function measureRun(
  quiet: HubProject,
  faulty: HubProject,
  opsGenie: TwoKeys,
  run: string,
  count: number,
  perSecond: number,
): Promise<Summary> {
  const acceptedAt: number[] = [];
  const report = (project: HubProject, message: string): Promise<unknown> =>
    project.report({ key: message, event: 'open', kind: 'bench', severity: 'warning', message });
  const titled = (index: number): string => `${run} ${index};`;
  await Promise.all([
    paced(count, perSecond, async (index) => {
      await report(quiet, titled(index));
      acceptedAt[index] = performance.now();
    }),
    paced(count, perSecond, async (index) => void (await report(faulty, titled(index)))),
  ]);
  const createdAt = (index: number): number | undefined =>
    [...opsGenie.createdAt].find(([message]) => message.includes(titled(index)))?.[1];
  const all = (): boolean => acceptedAt.every((_, index) => createdAt(index) !== undefined);
  await waitUntil(all, { timeoutMs: PATIENCE_MS, intervalMs: 200, what: `every create of ${run}` });
  const summary = summarize(acceptedAt.map((at, index) => Math.max(0, createdAt(index)! - at)));
  opsGenie.createdAt.clear();
  return summary;
}
