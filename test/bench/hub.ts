import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient, HubProcess, type HubProject } from '../../apps/sandbox/hub/index.js';

/** The operator's refresh token. */
export const BENCH_TOKEN = 'bench-bootstrap-token';

export interface BenchHub {
  readonly process: HubProcess;
  readonly project: HubProject;
  stop(): Promise<void>;
}

/** A hub on its embedded PostgreSQL in a directory of its own, with a project to work in. */
export async function startBenchHub(settings: Readonly<Record<string, string>>): Promise<BenchHub> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  const hub = await HubProcess.start({
    SPILLWAY_DATA_DIR: directory,
    SPILLWAY_BOOTSTRAP_TOKEN: BENCH_TOKEN,
    LOG_LEVEL: 'warn',
    ...settings,
  });
  const client = new HubClient(hub.url);
  await client.logIn(BENCH_TOKEN);
  return {
    process: hub,
    project: await client.createProject(),
    stop: async () => {
      await hub.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Connection URL of the hub's embedded PostgreSQL, for the floor beside it. */
export async function postgresUrlOf(hub: BenchHub): Promise<string> {
  const directory = hub.process.settings['SPILLWAY_DATA_DIR']!;
  const password = (await readFile(join(directory, 'postgres-password'), 'utf8')).trim();
  const port = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
  return `postgres://spillway:${encodeURIComponent(password)}@127.0.0.1:${port}/spillway`;
}

/** Resident memory of a process in MiB, as Linux counts it; undefined elsewhere. */
export async function residentMiB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
}
