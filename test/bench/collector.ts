import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../libs/observability/index.js';
import { startEmbeddedPostgres } from '../../libs/persistence/index.js';
import { registerFleet } from './fleet-registration.js';
import { residentMiB } from './hub.js';
import { paceOf, phasesOf, type PaceFigures, type Watched } from './pace.js';

/** Scheduling all clusters, their first rounds, and the rise to a steady pace. */
const SETTLE_MS = 60_000;
const MEASURE_MS = 60_000;
const CLOCK_TICKS_PER_SECOND = 100;

/** One collector process, on a core of its own where that can be said, watches so many healthy clusters for a minute. */
export async function measurePace(clusters: number): Promise<PaceFigures> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({ directory, logger: silentLogger });
    undo.push(() => postgres.stop());
    const fleet = fork(join(import.meta.dirname, 'fleet-server.js'));
    undo.push(() => ended(fleet, 'SIGTERM'));
    const [{ port }] = (await once(fleet, 'message')) as [{ port: number }];
    const ids = await registerFleet(postgres.url, clusters, port);
    const collector = startCollector(postgres.url);
    undo.push(() => ended(collector, 'SIGTERM'));
    const watched = await watch(collector, fleet);
    const phases = await phasesOf(postgres.url, ids);
    return paceOf(watched, phases, clusters);
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** On the first core, and everything else on the others: where there are two, and the system can be told so. */
function startCollector(databaseUrl: string): ChildProcess {
  const main = join(import.meta.dirname, '..', '..', 'apps', 'collector', 'main.js');
  const command = [
    process.execPath,
    '--enable-source-maps',
    '--max-semi-space-size=4',
    '--heap-growing-percent=40',
    main,
  ];
  const isPinned = process.platform === 'linux' && availableParallelism() > 1;
  const [program, ...args] = isPinned ? ['taskset', '-c', '0', ...command] : command;
  return spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      SPILLWAY_SECRET_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'warn',
    },
  });
}

async function watch(collector: ChildProcess, fleet: ChildProcess): Promise<Watched> {
  const pid = collector.pid!;
  await pause(SETTLE_MS);
  fleet.send('reset');
  const cpuBefore = await cpuSeconds(pid);
  let peakMiB: number | undefined;
  for (let passed = 0; passed < MEASURE_MS; passed += 1_000) {
    await pause(1_000);
    const resident = await residentMiB(pid);
    if (resident !== undefined) peakMiB = Math.max(peakMiB ?? 0, resident);
  }
  const cpuAfter = await cpuSeconds(pid);
  fleet.send('report');
  const [report] = (await once(fleet, 'message')) as [Watched['report']];
  const isTold = cpuBefore !== undefined && cpuAfter !== undefined;
  const seconds = MEASURE_MS / 1_000;
  return { report, seconds, cpuShare: isTold ? (cpuAfter - cpuBefore) / seconds : undefined, peakMiB };
}

async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
