import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SlackFault } from '../../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../../libs/testing/index.js';
import type { SeededRandom } from './seeded-random.js';
import type { World } from './world.js';

const FAULTS: readonly [SlackFault, ...SlackFault[]] = [
  { kind: 'rate-limit', retryAfter: 1 },
  { kind: 'http', status: 503 },
  { kind: 'http', status: 503, landed: true },
  { kind: 'drop' },
  { kind: 'drop', landed: true },
  { kind: 'html', landed: true },
  { kind: 'slow-headers', delayMs: 800, landed: true },
];

/** What happens to a hub and the servers it needs, at random moments. Everything it awaits is bounded. */
export class Chaos {
  constructor(
    private readonly world: World,
    private readonly random: SeededRandom,
  ) {}

  /** Kills the hub and starts it again, so many times; every third start is killed too, before it is ready. */
  async killHub(times: number): Promise<void> {
    const random = this.random.fork();
    for (let time = 1; time <= times; time += 1) {
      await moment(random, 500, 2_500);
      await this.world.hub.end('SIGKILL');
      if (time % 3 === 0) {
        const starting = this.world.hub.restart().catch(() => undefined);
        await moment(random, 200, 1_500);
        await this.world.hub.end('SIGKILL');
        await starting;
      }
      await this.startHub();
    }
  }

  /** As a service manager would: a start during which the database was killed, too, ends with a message. */
  private async startHub(): Promise<void> {
    await waitUntil(() => this.world.hub.restart().then(() => true), {
      what: 'the hub to start',
      timeoutMs: 30_000,
    });
  }

  /** Kills the embedded server's first process, which takes all others with it; the hub starts it again. */
  async killPostgres(times: number): Promise<void> {
    const random = this.random.fork();
    for (let time = 1; time <= times; time += 1) {
      await moment(random, 4_000, 9_000);
      const file = join(this.world.directory, 'postgres', 'postmaster.pid');
      await waitUntil(
        async () => process.kill(Number((await readFile(file, 'utf8')).split('\n')[0]), 'SIGKILL'),
        {
          what: 'a PostgreSQL to kill',
          timeoutMs: 20_000,
        },
      );
    }
  }

  /** Lets single requests to Slack go wrong until it is over. */
  async troubleSlack(isOver: () => boolean): Promise<void> {
    const random = this.random.fork();
    while (!isOver()) {
      await moment(random, 200, 900);
      this.world.slack.faults.next('*', random.pick(FAULTS));
    }
    this.world.slack.faults.clear();
  }

  async flushRedis(url: string, isOver: () => boolean): Promise<void> {
    const random = this.random.fork();
    while (!isOver()) {
      await moment(random, 500, 3_000);
      await emptyRedis(url);
    }
  }
}

const moment = (random: SeededRandom, fromMs: number, toMs: number): Promise<void> =>
  pause(random.between(fromMs, toMs));

/** Takes everything out of one of Redis's databases, `redis://host:port/number`. */
export async function emptyRedis(url: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    socket.write(`SELECT ${pathname.slice(1)}\r\nFLUSHDB\r\nPING\r\n`);
    let answer = '';
    while (!answer.includes('+PONG')) answer += String((await once(socket, 'data'))[0]);
    if (answer.includes('-ERR')) throw new Error(`Redis answered: ${answer}`);
  } finally {
    socket.destroy();
  }
}
