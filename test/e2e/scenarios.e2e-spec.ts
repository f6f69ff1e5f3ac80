import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SHIPPED_SCENARIOS } from '../../apps/sandbox/scenarios/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { World, type Watched } from './support/world.js';

const SPEED = 20;

/** The hub's default windows and intervals, as much shorter as the drills are faster. */
const shortened = (speed: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      SPILLWAY_HOST_INTERVAL: 15,
      SPILLWAY_GOSSIP_INTERVAL: 30,
      SPILLWAY_CORE_LOAD_CLOSE_WINDOW: 60,
      SPILLWAY_DISK_WINDOW: 60,
      SPILLWAY_MEMORY_CLOSE_WINDOW: 60,
      SPILLWAY_CONSENSUS_CONFIRM_AFTER: 10,
      SPILLWAY_LEADER_MISMATCH_WINDOW: 180,
      SPILLWAY_LEADER_MISMATCH_CLOSE_AFTER: 60,
      SPILLWAY_OUT_OF_SYNC_WINDOW: 180,
      SPILLWAY_OUT_OF_SYNC_LAG: 2,
      SPILLWAY_UNREACHABLE_WINDOW: 180,
    }).map(([name, seconds]) => [name, `${(seconds * 1_000) / speed}ms`]),
  );

describe('the fire drills that come with the sandbox', () => {
  let world: World;
  const watched = new Map<string, Watched>();
  afterAll(() => world?.stop());

  /** Two hours are too long even so: this one is played faster, and the elections' window is as much shorter. */
  const speedOf = (name: string): number => (name === 'frequent-elections' ? 10 * SPEED : SPEED);

  it('raise what they say they raise, and nothing else', async () => {
    world = await World.start({ ...shortened(SPEED), SPILLWAY_ELECTIONS_WINDOW: '18s' });
    for (const name of Object.keys(SHIPPED_SCENARIOS)) watched.set(name, await world.watchAnother(name));
    await world.untilSeen([...watched.values()]);
    const runs = await Promise.all(
      Object.entries(SHIPPED_SCENARIOS).map(([name, scenario]) =>
        watched.get(name)!.standIn.play(scenario, { speed: speedOf(name) }),
      ),
    );
    await Promise.all(runs.map(({ ended }) => ended));
    expect(runs.map(({ progress }) => [progress.name, progress.status, progress.error])).toEqual(
      runs.map(({ progress }) => [progress.name, 'done', null]),
    );
    await waitUntil(async () => (await world.project.issues('open')).length === 0, {
      what: 'everything to be closed again',
      timeoutMs: 30_000,
      intervalMs: 250,
    });
    for (const { progress } of runs) {
      const raised = await world.kindsOf(watched.get(progress.name)!);
      expect([progress.name, ...raised]).toEqual([progress.name, ...[...progress.raises].sort()]);
    }
  });
});

describe('the sandbox as a program', () => {
  const started: ChildProcess[] = [];
  afterEach(() => started.splice(0).forEach((child) => child.kill()));

  function run(...args: string[]) {
    const child = spawn(process.execPath, [resolve('dist/apps/sandbox/main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  }
  const ports = ['node', 'slack', 'control', 'opsgenie', 'cloudwatch'];
  const anyPorts = ports.flatMap((name) => [`--${name}-port`, '0']);

  it('plays a scenario file and obeys its control endpoint', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-sandbox-'));
    const file = join(directory, 'drill.json');
    const steps = [
      { after: '1s', do: 'disk', node: 0, percent: 91, say: 'the disk fills' },
      { after: '30s', do: 'down', node: 2, how: 'refuse', say: 'node 2 dies' },
    ];
    await writeFile(file, JSON.stringify({ name: 'drill', what: 'for a test', steps }));
    const child = run('--scenario', file, '--speed', '100', '--version', '26.1', '--nodes', '5', ...anyPorts);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await waitUntil(() => output.includes('scenario drill: done'), { what: 'the end of the scenario' });
    expect(output.indexOf('the disk fills')).toBeLessThan(output.indexOf('node 2 dies'));
    const control = /http:\/\/\S+_control(?=\n|\/disk)/.exec(output)![0];
    const state = (await (await fetch(control)).json()) as { nodes: object[]; scenario: object };
    expect(state.nodes).toMatchObject([{ diskPercent: 91 }, {}, { down: 'refuse' }, {}, {}]);
    expect(state.scenario).toMatchObject({ name: 'drill', status: 'done', stepsDone: 2 });
    const answer = await fetch(`${control}/scenario?speed=100`, { method: 'POST', body: '"disk-usage"' });
    expect(answer.status).toBe(202);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await rm(directory, { recursive: true });
  });

  it.each<[string[], RegExp]>([
    [['--spede', '3'], /Unknown option '--spede'/],
    [['--version', '7'], /--version must be one of 5\.0, /],
    [['--nodes', '0'], /--nodes must be a whole number from 1 to 9/],
    [['--speed', 'fast'], /--speed must be a number/],
    [['--scenario', 'no-such'], /no file and no scenario "no-such"/],
    [['--scenario', 'package.json', ...anyPorts], /what: must be a text/],
  ])('says what is wrong with %j', async (args, reason) => {
    const child = run(...args);
    const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(reason)]);
  });

  it('explains itself', async () => {
    const child = run('--help');
    const [[code], stdout] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
    expect(code).toBe(0);
    for (const name of Object.keys(SHIPPED_SCENARIOS)) expect(stdout).toContain(name);
  });
});
