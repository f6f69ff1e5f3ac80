import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** As `npm start` runs it. */
const COMMAND = [
  '--enable-source-maps',
  '--max-semi-space-size=16',
  '--heap-growing-percent=40',
  resolve('dist/apps/hub/main.js'),
];
const START_PATIENCE_MS = 60_000;
const POLL_MS = 25;
const KEPT_OUTPUT = 200_000;

/** A port on the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The built hub as a process of its own. */
export class HubProcess {
  /** Everything it has written so far; the newest 200,000 characters, unless all of it was asked for. */
  output = '';
  private child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    readonly settings: Readonly<Record<string, string>>,
    private readonly keptCharacters: number,
  ) {}

  /**
   * Starts the hub with these settings besides the machine's own environment, on a free port unless `PORT` is among
   * them. Resolves when it is ready; rejects with its output when it ends before, or is not ready within a minute.
   */
  static async start(
    settings: Readonly<Record<string, string>>,
    { keepsAllOutput = false }: { keepsAllOutput?: boolean } = {},
  ): Promise<HubProcess> {
    const port = settings['PORT'] ?? String(await freePort());
    const kept = keepsAllOutput ? Infinity : KEPT_OUTPUT;
    const hub = new HubProcess(`http://127.0.0.1:${port}`, { ...settings, PORT: port }, kept);
    await hub.restart();
    return hub;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it again after it has ended, with the same settings on the same port. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, COMMAND, {
      env: { ...hostEnvironment(), ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output = (this.output + chunk).slice(-this.keptCharacters);
      });
    }
    await this.ready(child);
  }

  /** Sends a signal and waits for the end. Resolves with the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  private async ready(child: ChildProcess): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The hub ended with ${child.exitCode ?? child.signalCode}:\n${this.output}`);
      if (await isReady(this.url)) return;
      if (performance.now() > giveUpAt)
        throw new Error(`The hub is not ready after a minute:\n${this.output}`);
      await delay(POLL_MS);
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** Settings of the hub that may be set on the machine must not reach one that was asked for with others. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(SPILLWAY_|SLACK_API_URL|OPSGENIE_API_URL|AWS_ENDPOINT_URL|DATABASE_URL|REDIS_URL|PORT$|HOST$|LOG_LEVEL$)/.test(
        name,
      ),
  );
  return Object.fromEntries(kept);
}
