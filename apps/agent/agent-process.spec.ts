import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { AgentRig } from './agent-rig.fixture.js';
import { TOKEN } from './write-endpoint.fixture.js';

const LOADER = resolve('libs/testing/run-typescript.mjs');
const DAY_1 = 'log20260111.json';
const DAY_2 = 'log20260112.json';

let rig: AgentRig;
const children: ChildProcess[] = [];
beforeEach(async () => {
  rig = await AgentRig.make();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rig.end();
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function run(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Program {
  const options = ['--no-warnings', '--experimental-transform-types', '--import', LOADER];
  const child = spawn(process.execPath, [...options, resolve(`apps/agent/${file}`), ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, exit };
}

describe('an agent that is killed outright, again and again', () => {
  it('sends every line at least once and in order, and again only what was under way', async () => {
    const written: string[] = [];
    const write = async (name: string, count: number): Promise<void> => {
      const ids = Array.from({ length: count }, (_, index) => `line${written.length + index}`);
      written.push(...ids);
      await rig.append(name, ...ids);
    };
    const { hub } = rig;
    for (let round = 0; round < 12; round += 1) {
      const { child, exit } = run('hasty-agent.fixture.ts', [JSON.stringify(rig.settings())]);
      const isAway = round % 3 === 1;
      const before = hub.asked;
      hub.manner = () => (isAway ? { status: 503 } : undefined);
      for (let burst = 0; burst < 5; burst += 1) {
        await write(round < 6 ? DAY_1 : DAY_2, 7);
        await waitUntil(() => hub.asked > before + burst, {
          what: 'the hub to be asked',
          timeoutMs: 10_000,
          intervalMs: 1,
        });
      }
      child.kill('SIGKILL');
      await exit;
    }
    hub.manner = () => undefined;
    await rig.start();
    await waitUntil(() => new Set(hub.lines).size === written.length, {
      what: 'every line',
      timeoutMs: 10_000,
    });
    await rig.stop();
    expect([...new Set(rig.arrived)]).toEqual(written);
    const largest = Math.max(...hub.requests.map(({ lineCount }) => lineCount));
    expect(rig.arrived.length - written.length).toBeLessThanOrEqual(12 * largest);
  }, 60_000);
});

describe('the program', () => {
  const needed = (): NodeJS.ProcessEnv => ({
    SPILLWAY_AGENT_HUB: rig.hub.url.href,
    SPILLWAY_AGENT_TOKEN: TOKEN,
    SPILLWAY_AGENT_CLUSTER: 'orders',
    SPILLWAY_AGENT_LOGS: rig.logs,
    SPILLWAY_AGENT_STATE: rig.state,
  });

  it('runs from its environment alone, and ends with 0 when it is told to; its log is JSON without the token', async () => {
    await rig.append(DAY_1, 'a1');
    const { child, output, exit } = run('main.ts', [], needed());
    await rig.untilArrived(1);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    const events = output()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(['agent.started', 'agent.stopping', 'agent.stopped']);
    expect(output()).not.toContain(TOKEN);
  }, 20_000);

  it('does not run without what it needs, beside another, or on a directory that is not there', async () => {
    const bare = run('main.ts', []);
    expect(await bare.exit).toBe(1);
    expect(bare.output()).toContain('--hub (or SPILLWAY_AGENT_HUB) is needed');
    const lost = run('main.ts', ['--logs', rig.path('nowhere')], needed());
    expect(await lost.exit).toBe(1);
    expect(lost.output()).toMatch(/nowhere cannot be read \(ENOENT\)/);
    await rig.start();
    const second = run('main.ts', [], needed());
    expect(await second.exit).toBe(1);
    expect(second.output()).toContain('Another agent runs on the state directory');
    expect(bare.output() + lost.output() + second.output()).not.toContain(TOKEN);
  }, 20_000);

  it('tells what it can do', async () => {
    const { output, exit } = run('main.ts', ['--help']);
    expect(await exit).toBe(0);
    expect(output()).toContain('--spool-limit');
  }, 20_000);
});
