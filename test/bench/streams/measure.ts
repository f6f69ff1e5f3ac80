import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresUrlOf, residentMiB, startBenchHub, type BenchHub } from '../hub.js';
import { BENCH_KEY, BENCH_PLACE, CloudWatchProcess } from './cloudwatch-process.js';
import { measureCopy, measureSdk } from './floors.js';
import { post, sampleBodies } from './lines.js';

const BODIES = 50;
const CONNECTIONS = 8;
const LINES_PER_BODY = 1_000;
const WATCH_EVERY_MS = 250;
const TICKS_PER_SECOND = 100;

export interface StreamFigures {
  readonly lines: number;
  /** Lines a second: acknowledged and stored, while nothing is delivered. */
  readonly accepted: number;
  /** From storage until the stand-in has them, of what waited. */
  readonly delivered: number;
  /** From the first request until the stand-in has the last line, both at once. */
  readonly endToEnd: number;
  readonly copyFloor: number;
  readonly sdkFloor: number;
  readonly bytesPerLine: number;
  /** CPU seconds of the hub's own process for a million lines, end to end. */
  readonly cpuSecondsPerMillion: number | undefined;
  /** Resident memory of the hub's process while it catches up, by how many lines waited at first. */
  readonly memory: readonly { readonly backlog: number; readonly peakMiB: number | undefined }[];
}

/** Runs a hub through logs that come in, that go out, and both at once. */
export async function measureStreams(lines: number, backlogs: readonly number[]): Promise<StreamFigures> {
  const cloudWatch = await CloudWatchProcess.start();
  const hub = await startBenchHub({ AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: cloudWatch.url });
  try {
    const bench = new StreamBench(cloudWatch, hub, await tokenOf(hub));
    await bench.send(lines / 10);
    const accepted = await bench.send(lines);
    const integration = await hub.project.addIntegration({
      sink: 'awsCloudWatchLogs',
      source: 'logs',
      ...BENCH_PLACE,
      ...BENCH_KEY,
    });
    await bench.endToEnd(lines / 10);
    const cpuBefore = await cpuSeconds(hub.process.pid!);
    const endToEnd = await bench.endToEnd(lines);
    const cpuAfter = await cpuSeconds(hub.process.pid!);
    const memory: { backlog: number; peakMiB: number | undefined }[] = [];
    let delivered = 0;
    for (const backlog of backlogs) {
      await hub.project.pause(integration);
      await bench.send(backlog);
      const caughtUp = await bench.catchUp(integration, backlog);
      delivered = caughtUp.perSecond;
      memory.push({ backlog, peakMiB: caughtUp.peakMiB });
    }
    return {
      lines,
      accepted,
      delivered,
      endToEnd,
      copyFloor: await measureCopy(await postgresUrlOf(hub), lines),
      sdkFloor: await measureSdk(cloudWatch.url, lines),
      bytesPerLine: 256,
      cpuSecondsPerMillion:
        cpuBefore === undefined || cpuAfter === undefined
          ? undefined
          : ((cpuAfter - cpuBefore) * 1e6) / lines,
      memory,
    };
  } finally {
    await hub.stop();
    await cloudWatch.stop();
  }
}

class StreamBench {
  private readonly bodies = sampleBodies(BODIES, Date.now());

  constructor(
    private readonly cloudWatch: CloudWatchProcess,
    private readonly hub: BenchHub,
    private readonly token: string,
  ) {}

  /** Resolves with lines a second. */
  async send(lines: number): Promise<number> {
    const target = { url: this.hub.process.url, token: this.token, cluster: 'bench' };
    const sent = await post(target, this.bodies, Math.ceil(lines / LINES_PER_BODY), CONNECTIONS);
    return (sent.lines * 1_000) / sent.ms;
  }

  async endToEnd(lines: number): Promise<number> {
    const wanted = (await this.cloudWatch.count()) + lines;
    const begun = performance.now();
    await Promise.all([this.send(lines), this.arrived(wanted)]);
    return (lines * 1_000) / (performance.now() - begun);
  }

  async catchUp(
    integration: string,
    backlog: number,
  ): Promise<{ readonly perSecond: number; readonly peakMiB: number | undefined }> {
    const wanted = (await this.cloudWatch.count()) + backlog;
    const begun = performance.now();
    await this.hub.project.resume(integration);
    const peakMiB = await this.arrived(wanted);
    return { perSecond: (backlog * 1_000) / (performance.now() - begun), peakMiB };
  }

  /** Resolves when the stand-in has so many, with the most memory that the hub had meanwhile. */
  private async arrived(wanted: number): Promise<number | undefined> {
    let peak: number | undefined;
    while ((await this.cloudWatch.count()) < wanted) {
      const resident = await residentMiB(this.hub.process.pid!);
      if (resident !== undefined) peak = Math.max(peak ?? 0, resident);
      await delay(WATCH_EVERY_MS);
    }
    return peak;
  }
}

async function tokenOf({ project }: BenchHub): Promise<string> {
  const { token } = await project.client.call<{ token: string }>(
    'POST',
    `/hub/v1/${project.path}/ingest-tokens`,
    { label: 'bench' },
  );
  return token;
}

/** CPU time of a process as Linux counts it; undefined elsewhere. */
async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
