import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export const BENCH_KEY = { accessKeyId: 'AKIABENCH00000000001', secretAccessKey: 'bench-secret-access-key' };
export const BENCH_PLACE = { groupName: '/bench/logs', region: 'eu-west-1' };

/** The stand-in beside the bench, so that its work is not counted as ours. */
export class CloudWatchProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<CloudWatchProcess> {
    const child = fork(new URL('cloudwatch-server.js', import.meta.url));
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const started = new CloudWatchProcess(child, url);
    await started.command('keys', BENCH_KEY);
    await started.command('log-groups', { name: BENCH_PLACE.groupName, region: BENCH_PLACE.region });
    return started;
  }

  /** How many log events it has taken. */
  async count(): Promise<number> {
    this.child.send('count');
    const [{ count }] = (await once(this.child, 'message')) as [{ count: number }];
    return count;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private async command(name: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/_control/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`_control/${name}: HTTP ${response.status}`);
  }
}
