import { readFile } from 'node:fs/promises';
import { cpus, freemem, loadavg, platform, totalmem } from 'node:os';
import type { Clock } from '../../../libs/domain/index.js';
import type { Logger } from '../../../libs/observability/logging/index.js';
import { disksOf, type Disk } from './disks.js';
import { encodeSample } from './host-sample.js';
import { memoryOf, type Memory } from './memory.js';
import { physicalCoresOf } from './physical-cores.js';

interface HostMeterOptions {
  readonly node: string;
  /** Whose disks are measured. */
  readonly directories: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Measures the machine. */
export class HostMeter {
  #cores: number | undefined;
  #complaint: string | undefined;

  constructor(private readonly options: HostMeterOptions) {}

  /** How things are now, as line protocol. */
  async measure(): Promise<readonly string[]> {
    const { clock, node } = this.options;
    this.#cores ??= physicalCoresOf((await textOf('/proc/cpuinfo')) ?? '') ?? cpus().length;
    const sample = {
      timeMs: clock.now().getTime(),
      load: platform() === 'win32' ? undefined : loadavg()[0],
      cores: this.#cores,
      memory: await memory(),
      disks: await this.#disks(),
    };
    return encodeSample(sample, node);
  }

  /** A disk that cannot be measured must not hold up the rest. */
  async #disks(): Promise<readonly Disk[]> {
    try {
      const disks = await disksOf(this.options.directories);
      this.#complaint = undefined;
      return disks;
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== this.#complaint) this.options.logger.warn({ event: 'disk.unreadable', reason });
      this.#complaint = reason;
      return [];
    }
  }
}

async function memory(): Promise<Memory> {
  return memoryOf((await textOf('/proc/meminfo')) ?? '') ?? { totalBytes: totalmem(), freeBytes: freemem() };
}

/** Undefined where there is none: not everything is Linux. */
const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
