import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../libs/domain/index.js';
import type { Logger } from '../../libs/observability/logging/index.js';
import type { AgentSettings } from './agent-arguments.js';
import { HostMeter } from './host/host-meter.js';
import { AgentState } from './keeping/agent-state.js';
import { NO_CHANGE } from './keeping/place.js';
import { Spool } from './keeping/spool.js';
import { lockState, type StateLock } from './keeping/state-lock.js';
import { addLosses, isNone, negated, reportOf } from './losses.js';
import { Outlet } from './outlet.js';
import { encodeLine } from './reading/encode-line.js';
import { LogReader, type ReadBatch } from './reading/log-reader.js';
import { Courier } from './sending/courier.js';
import { HubClient } from './sending/hub-client.js';
import type { Patience } from './sending/retry-delay.js';

/** How the agent goes about it; a program that runs for real takes `TEMPO`. */
export interface Tempo {
  /** How often files are looked at. */
  readonly pollMs: number;
  readonly awayAfterMs: number;
  readonly patience: Patience;
  /** What a stop may take. */
  readonly flushMs: number;
  /** At the very first start, what was last written longer ago is left out. */
  readonly historyMs: number;
}

export interface AgentOptions {
  readonly settings: AgentSettings;
  readonly tempo: Tempo;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

interface Parts {
  readonly lock: StateLock;
  readonly state: AgentState;
  readonly spool: Spool;
  readonly reader: LogReader;
  readonly meter: HostMeter;
  readonly hub: HubClient;
  readonly courier: Courier;
  readonly outlet: Outlet;
  readonly stopping: AbortController;
  readonly killed: AbortController;
}

/** Reads, measures and sends until it is stopped. */
export class Agent {
  readonly #running: Promise<void>;
  #nextSampleAt = 0;
  /** Whether all that was read is safe: if not, its place is that of the last batch that was. */
  #isSafe = true;

  private constructor(
    private readonly options: AgentOptions,
    private readonly parts: Parts,
  ) {
    this.#running = this.#run();
  }

  /** Throws a sentence when it cannot begin; nothing is left running or locked then. */
  static async start(options: AgentOptions): Promise<Agent> {
    const { settings } = options;
    for (const directory of directoriesOf(settings)) await requireReadable(directory);
    const lock = await lockState(settings.state);
    try {
      return new Agent(options, await assemble(options, lock));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Resolves when it was stopped; rejects with what ended it otherwise. */
  get ended(): Promise<void> {
    return this.#running;
  }

  /** Lets the running request end, sends what is new, and remembers its place. */
  async stop(): Promise<void> {
    const { stopping, killed, hub, reader, lock, outlet } = this.parts;
    stopping.abort();
    const flushed = setTimeout(() => killed.abort(), this.options.tempo.flushMs);
    try {
      await this.#running;
      await outlet.settled();
      await this.#flush(killed.signal);
    } finally {
      clearTimeout(flushed);
      hub.close();
      await reader.close();
      lock.release();
    }
  }

  async #run(): Promise<void> {
    const { outlet, spool, reader, stopping } = this.parts;
    const { pollMs } = this.options.tempo;
    while (!stopping.signal.aborted) {
      outlet.drain();
      await this.#measure();
      const isFull = outlet.isAway && !spool.hasRoom;
      // What is behind the hub is sent first: the lines are as safe in their files as in the spool.
      const isWaiting = isFull || (!spool.isEmpty && !outlet.isAway);
      if (isWaiting) await reader.look();
      const batch = isWaiting ? undefined : await this.#nextBatch();
      if (batch !== undefined) this.#isSafe = await outlet.take({ kind: 'logs', ...batch });
      else await pause(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** With a line on what was lost before, once the hub can hear of it. */
  async #nextBatch(): Promise<ReadBatch | undefined> {
    const { reader, state, spool } = this.parts;
    const batch = await reader.next();
    const { losses } = state;
    if (isNone(losses) || !spool.isEmpty) return batch;
    const now = this.options.clock.now();
    const { text } = encodeLine(reportOf(losses, now), this.options.settings.node, now.getTime());
    const { lines, change } = batch ?? { lines: [], change: NO_CHANGE };
    return {
      lines: [text, ...lines],
      change: { ...change, losses: addLosses(change.losses, negated(losses)) },
    };
  }

  async #measure(): Promise<void> {
    const now = performance.now();
    if (now < this.#nextSampleAt) return;
    this.#nextSampleAt = now + this.options.settings.hostIntervalMs;
    const { meter, outlet } = this.parts;
    await outlet.take({ kind: 'metrics', lines: await meter.measure(), change: NO_CHANGE });
  }

  async #flush(killed: AbortSignal): Promise<void> {
    const { outlet, spool, state, courier, reader } = this.parts;
    await reader.look();
    while (this.#isSafe && !killed.aborted) {
      const isThere = spool.isEmpty && courier.failingForMs === 0;
      // What was deleted is kept by its handle alone, and not beyond this process.
      const isRescue = !spool.isEmpty && spool.hasRoom && reader.isLeaving;
      if (!isThere && !isRescue) break;
      const batch = await this.#nextBatch();
      if (batch === undefined) break;
      this.#isSafe = await outlet.take({ kind: 'logs', ...batch });
    }
    await state.save();
  }
}

async function assemble(options: AgentOptions, lock: StateLock): Promise<Parts> {
  const { settings, tempo, clock, logger, random } = options;
  const { logs, node, stats, hub: url, token, cluster, ca } = settings;
  const [stopping, killed] = [new AbortController(), new AbortController()];
  const state = await AgentState.open(settings.state);
  const spool = await Spool.open(join(settings.state, 'spool'), settings.spoolLimitBytes, state.spooled);
  await countIn(spool, state, logger);
  const hub = new HubClient({ hub: url, token, cluster, ca, clock });
  const courier = new Courier({
    hub,
    logger,
    patience: tempo.patience,
    random,
    stopping: stopping.signal,
    killed: killed.signal,
  });
  const outlet = new Outlet({
    state,
    spool,
    courier,
    clock,
    logger,
    awayAfterMs: tempo.awayAfterMs,
    stopping: stopping.signal,
  });
  const { historyMs } = tempo;
  const reader = new LogReader({ directory: logs, node, stats, historyMs, state, clock, logger });
  const meter = new HostMeter({ node, directories: directoriesOf(settings), clock, logger });
  return { lock, state, spool, reader, meter, hub, courier, outlet, stopping, killed };
}

/** A batch may have reached the spool just before the agent died, and its places not the state. */
async function countIn(spool: Spool, state: AgentState, logger: Logger): Promise<void> {
  for (const batch of spool.batches.filter(({ sequence }) => sequence > state.spooled)) {
    try {
      state.apply((await spool.read(batch)).change, batch.sequence);
    } catch (error) {
      logger.error({ event: 'spool.damaged', batch: batch.sequence, reason: (error as Error).message });
      // Its lines are still where they were, and are read again.
      await spool.remove(batch);
    }
  }
  if (!state.isNew || !spool.isEmpty) await state.save();
}

const directoriesOf = ({ logs, dataDirectory, indexDirectory }: AgentSettings): readonly string[] =>
  [logs, dataDirectory, indexDirectory].filter((directory) => directory !== undefined);

async function requireReadable(directory: string): Promise<void> {
  try {
    await access(directory, constants.R_OK | constants.X_OK);
    await readdir(directory);
  } catch (error) {
    throw new Error(
      `The directory ${directory} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Give this user the right to read it, or name another one.`,
      { cause: error },
    );
  }
}
