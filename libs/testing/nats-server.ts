import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

export interface NatsUser {
  readonly user: string;
  readonly password: string;
  /** All that is not said is allowed. */
  readonly permissions?: { readonly subscribe: readonly string[] };
}

export interface NatsOptions {
  /** Who may connect; anybody when neither these nor an operator are given. */
  readonly users?: readonly NatsUser[];
  /** What `makeNatsOperator` wrote for the server: only who has credentials of it may connect. */
  readonly operatorConfig?: string;
  /** Streams, kept in a directory that survives `kill` and `restart`. */
  readonly jetStream?: boolean;
}

/** A server of one's own, on 127.0.0.1. */
export interface TestNats {
  readonly port: number;
  readonly url: string;
  /** Ends it with SIGKILL; its port and its streams stay for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port, ended or not, with other options when they are given. */
  restart(options?: NatsOptions): Promise<void>;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

/** Debian puts it where the PATH of most users does not look. */
const DIRECTORIES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Whether tests can start servers of their own; where they cannot, the global setup has said so. */
export const hasNatsServer = (): boolean => natsServer() !== undefined;

/** Starts a server; with a `port` on that one. */
export async function startNats({
  port,
  ...options
}: NatsOptions & { readonly port?: number } = {}): Promise<TestNats> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-nats-'));
  const server = new Server(port ?? (await freePort()), directory);
  try {
    await server.restart(options);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Says which suites are left out, where no server can be started. */
export async function announceMissingNats(): Promise<void> {
  if (hasNatsServer()) return;
  const given = Boolean(process.env['TEST_NATS_URL']);
  const lines = [
    '',
    '!! There is no nats-server on PATH.',
    `!! LEFT OUT are these suites, ${given ? 'except for what the server of TEST_NATS_URL is enough for' : 'whole or in part'}:`,
    ...(await suitesWithNats()).map((suite) => `!!   ${suite}`),
    '!! Install nats-server to run them.',
    '',
  ];
  console.warn(lines.join('\n'));
}

class Server implements TestNats {
  readonly url: string;
  private child: ChildProcess | undefined;
  private options: NatsOptions = {};
  /** Vitest may end without teardown (a second Ctrl-C). */
  private readonly endOnExit = (): void => {
    this.child?.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  };

  constructor(
    readonly port: number,
    private readonly directory: string,
  ) {
    this.url = `nats://127.0.0.1:${port}`;
    process.once('exit', this.endOnExit);
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async restart(options: NatsOptions = this.options): Promise<void> {
    await this.kill();
    this.options = options;
    const file = join(this.directory, 'nats.conf');
    const log = join(this.directory, 'nats.log');
    await writeFile(file, configuration(this.port, this.directory, options));
    this.child = spawn(natsServer() ?? 'nats-server', ['--config', file, '--log', log], { stdio: 'ignore' });
    const { child } = this;
    await once(child, 'spawn');
    await waitUntil(() => child.exitCode !== null || answers(this.port), {
      timeoutMs: 10_000,
      what: `nats-server on port ${this.port} to answer`,
    });
    if (child.exitCode !== null)
      throw new Error(`nats-server does not start: ${await readFile(log, 'utf8').catch(() => 'no log')}`);
  }

  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.endOnExit);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function configuration(port: number, directory: string, options: NatsOptions): string {
  const { users = [], operatorConfig = '', jetStream = false } = options;
  return [
    `listen: "127.0.0.1:${port}"`,
    `pid_file: ${quoted(join(directory, 'nats.pid'))}`,
    // The configuration's language takes JSON for a value.
    ...(users.length > 0 ? [`authorization { users: ${JSON.stringify(users)} }`] : []),
    ...(jetStream ? [`jetstream { store_dir: ${quoted(join(directory, 'streams'))} }`] : []),
    operatorConfig,
  ].join('\n');
}

const quoted = (text: string): string => JSON.stringify(text);

function natsServer(): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, 'nats-server')).find((path) => existsSync(path));
}

/** A server says who it is as soon as one connects. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    return greeting.toString().startsWith('INFO ');
  } finally {
    socket.destroy();
  }
}

async function suitesWithNats(): Promise<string[]> {
  const suites: string[] = [];
  for (const room of ['apps', 'libs', 'test']) {
    for (const name of await readdir(room, { recursive: true }).catch(() => [])) {
      if (!name.endsWith('spec.ts')) continue;
      const path = join(room, name);
      if (/\bhas(Plain)?Nats(Server)?\(\)/u.test(await readFile(path, 'utf8'))) suites.push(path);
    }
  }
  return suites;
}
