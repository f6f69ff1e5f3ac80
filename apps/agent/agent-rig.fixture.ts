import { appendFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../libs/domain/index.js';
import { silentLogger, type Logger } from '../../libs/observability/logging/index.js';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { Agent, type Tempo } from './agent.js';
import type { AgentSettings } from './agent-arguments.js';
import { HASTE } from './haste.fixture.js';
import { TOKEN, WriteEndpoint } from './write-endpoint.fixture.js';

/** A line as a server writes it, without its end; `id` is found in what arrives. */
export const lineOf = (id: string, padding = ''): string =>
  `{"@t":"2026-01-11T15:32:37.3375492+00:00","@mt":"${id}${padding}","@l":"Debug"}`;
export const idOf = (line: string): string => /"@mt":"(\w+)/.exec(line)?.[1] ?? line;

/** An agent on directories of its own, and a hub. */
export class AgentRig {
  readonly hub = new WriteEndpoint();
  agent: Agent | undefined;
  tempo: Tempo = HASTE;
  logger: Logger = silentLogger;

  private constructor(private readonly directory: string) {}

  static async make(): Promise<AgentRig> {
    const rig = new AgentRig(await mkdtemp(join(tmpdir(), 'spillway-agent-test-')));
    await mkdir(rig.logs);
    await rig.hub.start();
    return rig;
  }

  get logs(): string {
    return join(this.directory, 'logs');
  }

  get state(): string {
    return join(this.directory, 'state');
  }

  get spool(): string {
    return join(this.state, 'spool');
  }

  settings(change: Partial<AgentSettings> = {}): AgentSettings {
    return {
      hub: this.hub.url,
      token: TOKEN,
      cluster: 'orders db',
      logs: this.logs,
      node: 'n1.example.com',
      state: this.state,
      spoolLimitBytes: 8 * 1_048_576,
      stats: false,
      hostIntervalMs: 3_600_000,
      dataDirectory: undefined,
      indexDirectory: undefined,
      ca: undefined,
      ...change,
    };
  }

  async start(change: Partial<AgentSettings> = {}, clock = systemClock): Promise<void> {
    const { tempo, logger } = this;
    this.agent = await Agent.start({
      settings: this.settings(change),
      tempo,
      clock,
      logger,
      random: Math.random,
    });
  }

  async stop(): Promise<void> {
    const { agent } = this;
    this.agent = undefined;
    await agent?.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    await this.hub.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.logs, name);
  }

  async append(name: string, ...ids: readonly string[]): Promise<void> {
    await appendFile(this.path(name), ids.map((id) => `${lineOf(id)}\n`).join(''));
  }

  /** What the hub has, by the ids of its lines. */
  get arrived(): readonly string[] {
    return this.hub.lines.map((line) => idOf(line));
  }

  async untilArrived(count: number): Promise<void> {
    await waitUntil(() => this.hub.lines.length >= count, {
      what: `${count} lines`,
      timeoutMs: 10_000,
      intervalMs: 2,
    });
  }

  /** How much waits on disk. */
  async spooled(): Promise<{ readonly files: number; readonly bytes: number; readonly lines: number }> {
    const directory = this.spool;
    const names = await readdir(directory);
    const sizes = await Promise.all(names.map((name) => stat(join(directory, name)).catch(() => undefined)));
    const lineCounts = names.map((name) => Number(/-logs-(\d+)-\d+\.batch$/.exec(name)?.[1] ?? 0));
    return {
      files: names.length,
      lines: lineCounts.reduce((sum, count) => sum + count, 0),
      bytes: sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0),
    };
  }
}
