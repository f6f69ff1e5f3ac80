import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toRecordedLook, type RecordedLook } from '../libs/detection/index.js';
import { clusterLook, reports } from '../libs/detection/testing/looks.js';
import { runReplay } from '../tools/replay-command.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-replay-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const look = (seconds: number, usedPercent: number, clusterId = 'c1'): RecordedLook => {
  const drives = [{ mount: '/', totalBytes: 1_000, availableBytes: 1_000 - usedPercent * 10 }];
  return toRecordedLook(clusterId, 'host', clusterLook(seconds, { n1: reports({ drives }) }));
};
const HISTORY = [50, 85, 85, 85, 85, 85, 85, 97, 97, 60].map((percent, index) => look(index * 15, percent));
const linesOf = (looks: readonly unknown[]): string =>
  looks.map((one) => `${JSON.stringify(one)}\n`).join('');

async function replay(recording: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const stdin = Readable.from([recording]);
  const code = await runReplay([...args, '-'], environment, { stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, out, err };
}
const objects = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('npm run replay', () => {
  it('prints what opened, changed and closed, and a summary', async () => {
    const { code, out, err } = await replay(linesOf(HISTORY), ['--only', 'disk-usage']);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').filter((line) => line.includes('  disk-usage  '))).toEqual([
      '2026-01-01T00:01:15.000Z  disk-usage  orders-db https://n1.example.com:2113  opened warning',
      '2026-01-01T00:01:45.000Z  disk-usage  orders-db https://n1.example.com:2113  changed critical (after 1 more open events)',
      '2026-01-01T00:02:15.000Z  disk-usage  orders-db https://n1.example.com:2113  closed critical (after 1 more open events)',
    ]);
    expect(out).toContain('    The disk of node https://n1.example.com:2113');
    expect(out).toContain('10 looks replayed.');
    expect(out).toMatch(/^disk-usage +1 +1 +0$/m);
  });

  it('prints repeated events, too, when asked to, and objects for machines', async () => {
    const { out, err } = await replay(linesOf(HISTORY), ['--every', '--json', '--only', 'disk-usage']);
    expect(objects(out).map(({ step }) => step)).toEqual([
      'opened',
      'repeated',
      'changed',
      'repeated',
      'closed',
    ]);
    expect(objects(out)[0]).toEqual({
      time: '2026-01-01T00:01:15.000Z',
      kind: 'disk-usage',
      clusterId: 'c1',
      cluster: 'orders-db',
      nodeId: 'node-n1',
      node: 'https://n1.example.com:2113',
      event: 'open',
      step: 'opened',
      severity: 'warning',
      message: expect.any(String),
      repeats: 0,
    });
    expect(err).toContain('10 looks replayed.');
  });

  it.each([
    ['a setting of the command', ['--set', 'disk-usage.threshold=90', '--set', 'disk-usage.window=15s'], {}],
    ['settings of the environment', [], { SPILLWAY_DISK_THRESHOLD: '90', SPILLWAY_DISK_WINDOW: '15s' }],
  ])('gives another verdict by %s', async (_what, args, environment) => {
    const { out } = await replay(linesOf(HISTORY), ['--json', ...args], environment);
    expect(objects(out).map(({ step, severity }) => `${String(step)} ${String(severity)}`)).toEqual([
      'opened critical',
      'closed critical',
    ]);
  });

  it('reports nothing of a detector that is switched off, and says so', async () => {
    const { out } = await replay(linesOf(HISTORY), ['--set', 'disk-usage.enabled=false']);
    expect(out).toMatch(/^disk-usage +0 +0 +0$/m);
    expect(out).toMatch(
      / {2}disk-usage: off at orders-db https:\/\/n1\.example\.com:2113: it is switched off/,
    );
    expect(out).toContain('cluster-consensus: the recording has no round that it reads');
  });

  it.each([
    ['on one line', 0],
    ['on many lines', 2],
  ])('reads a page of the API %s, and says when it is not all', async (_what, indent) => {
    const page = JSON.stringify({ observations: HISTORY, next: 'abc' }, null, indent);
    const { code, out, err } = await replay(page, ['--json']);
    expect(code).toBe(0);
    expect(objects(out)).toHaveLength(3);
    expect(err).toContain('has a next one');
  });

  it('reads a file', async () => {
    const path = join(directory, 'recording.jsonl');
    await writeFile(path, linesOf(HISTORY));
    const stdout = new PassThrough();
    const streams = { stdin: Readable.from([]), stdout, stderr: new PassThrough() };
    expect(await runReplay([path], {}, streams)).toBe(0);
    stdout.end();
    expect(await text(stdout)).toContain('10 looks replayed.');
  });

  it('says when time goes backwards', async () => {
    const { code, err } = await replay(linesOf([look(60, 50), look(30, 50), look(0, 50, 'other')]));
    expect(code).toBe(0);
    expect(err).toBe('line 2: time goes backwards at 2026-01-01T00:00:30.000Z (cluster orders-db)\n');
  });

  it('lets a recording say nothing to the terminal but text', async () => {
    const hostile = HISTORY.map((one) => ({ ...one, cluster: { name: 'x\u001b[2J\u009b2J' } }));
    // oxlint-disable-next-line no-control-regex
    expect((await replay(linesOf(hostile))).out).not.toMatch(/[\u001b\u009b]/);
  });

  it('reads a recording that an editor or a shell of Windows has written', async () => {
    const lines = linesOf(HISTORY).replaceAll('\n', '\r\n');
    const page = JSON.stringify({ observations: HISTORY, next: null }, null, 2);
    for (const recording of [lines, page]) {
      const { code, out } = await replay(`\uFEFF${recording}`);
      expect([code, out]).toEqual([0, expect.stringContaining('10 looks replayed.')]);
    }
  });

  it('takes an empty recording for what it is', async () => {
    expect(await replay('\n\n')).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 looks replayed.'),
    });
  });
});

describe('npm run replay refuses', () => {
  const good = HISTORY[0]!;
  const stats = (observation: object) => ({
    ...good,
    nodes: [{ node: good.nodes[0]!.node, observations: { stats: observation } }],
  });

  it.each([
    ['what is no JSON', `${JSON.stringify(good)}\n{"clusterId":`, /^line 2: is not valid JSON/],
    ['a look without its time', linesOf([good, { ...good, at: undefined }]), /^line 2: at: /],
    ['another round', linesOf([{ ...good, round: 'other' }]), /^line 1: round: /],
    [
      'an answer without its value',
      linesOf([stats({ at: good.at, ok: true })]),
      /^line 1: nodes\[0\]\.observations\.stats\.value: /,
    ],
    [
      'a failure without its reason',
      linesOf([stats({ at: good.at, ok: false, code: 'timeout' })]),
      /^line 1: nodes\[0\]\.observations\.stats\.reason: /,
    ],
    ['a bad look of a page', JSON.stringify({ observations: [good, {}] }), /^observations\[1\]: clusterId: /],
    ['half a page', '{\n"observations": [', /^line 1: /],
    ['a line that is a number', '42', /^line 1: the line: /],
    [
      'an error of the API',
      JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'It has expired.' }),
      /^line 1: the hub refused: 401 Unauthorized\. It has expired\.$/m,
    ],
  ])('%s, naming the place', async (_what, recording, message) => {
    const { code, err } = await replay(recording);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it.each([
    [['--set', 'disk-usage.treshold=1'], 'possible are enabled, threshold, window'],
    [['--set', 'disc-usage.threshold=1'], 'possible are cluster-consensus, '],
    [['--set', 'disk-usage.threshold=101'], 'must be a number from 1 to 100'],
    [['--set', 'disk-usage.enabled=no'], 'must be true or false'],
    [['--set', 'disk-usage'], 'write KIND.NAME=VALUE'],
    [['--only', 'disk'], 'possible are cluster-consensus, '],
    [['--quiet'], '--quiet'],
    [['another-file'], 'Give one file'],
  ])('%j, naming what is possible', async (args, message) => {
    const { code, err } = await replay('', args);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('settings of the environment that are no good, a missing file, a directory, and no file', async () => {
    expect((await replay('', [], { SPILLWAY_DISK_WINDOW: 'long' })).err).toContain(
      'SPILLWAY_DISK_WINDOW must',
    );
    const stderr = new PassThrough();
    const streams = { stdin: Readable.from([]), stdout: new PassThrough(), stderr };
    expect(await runReplay([join(directory, 'missing')], {}, streams)).toBe(1);
    expect(await runReplay([directory], {}, streams)).toBe(1);
    expect(await runReplay([], {}, streams)).toBe(1);
    stderr.end();
    expect(await text(stderr)).toMatch(
      /There is no file .*missing\.\nThe recording cannot be read \(EISDIR\)\.\n.*Give the file/s,
    );
  });

  it('nothing when it is asked for help', async () => {
    const { code, out } = await replay('', ['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('disk-usage.threshold')]);
  });
});
