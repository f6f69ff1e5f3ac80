import { appendFile, mkdir, readdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { AgentRig, lineOf } from './agent-rig.fixture.js';
import { HASTE } from './haste.fixture.js';

const DAY_1 = 'log20260111.json';
const DAY_1_MORE = 'log20260111_001.json';
const DAY_2 = 'log20260112.json';

const EMPTY_STATE = {
  version: 1,
  places: [],
  losses: { lines: 0, cutLines: 0, unreadBytes: 0, samples: 0 },
};

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 20_000 });

let rig: AgentRig;
beforeEach(async () => {
  rig = await AgentRig.make();
});
afterEach(() => rig.end());

describe('lines of log files', () => {
  it('arrive with node, level, cluster and their own time, just as they were written', async () => {
    const line = String.raw`{"@t":"2026-01-11T15:32:37.3375492+01:00","@mt":"a \"b\" C:\\ ü","@l":"Warning"}`;
    await writeFile(rig.path(DAY_1), `${line}\r\n`);
    await rig.start();
    await rig.untilArrived(1);
    expect(rig.hub.lines).toEqual([line]);
    const time = `${Date.parse('2026-01-11T14:32:37.337Z')}000000`;
    expect(rig.hub.raw.at(-1)).toMatch(
      new RegExp(String.raw`^log,hostname=n1\.example\.com,loglevel=warn log=".*" ${time}$`),
    );
    expect(rig.hub.requests.at(-1)?.url).toBe('/api/write/?cluster=orders+db');
  });

  it('of all files of the directory and of those one below arrive, but not those that repeat others', async () => {
    await mkdir(rig.path('10.0.0.1-2113-cluster-node/deeper'), { recursive: true });
    await rig.append('10.0.0.1-2113-cluster-node/log20260111.json', 'below1');
    await rig.append('10.0.0.1-2113-cluster-node/deeper/log20260111.json', 'deeper1');
    for (const name of ['log-err20260111.json', 'log-stats20260111.json', 'config.json'])
      await rig.append(name, 'not1');
    await rig.append(DAY_1, 'own1');
    await rig.start();
    await rig.untilArrived(2);
    await rig.append(DAY_1, 'own2');
    await rig.untilArrived(3);
    expect(rig.arrived).toEqual(['own1', 'below1', 'own2']);
  });

  it('without an end wait for it, and go when the server went on to another file', async () => {
    await appendFile(rig.path(DAY_1), `${lineOf('a1')}\n${lineOf('a2')}`);
    await rig.start();
    await rig.untilArrived(1);
    await appendFile(rig.path(DAY_1), `\n${lineOf('a3')}`);
    await rig.untilArrived(2);
    await rig.append(DAY_1_MORE, 'b1');
    await rig.append(DAY_2, 'c1');
    await rig.untilArrived(5);
    expect(rig.arrived).toEqual(['a1', 'a2', 'a3', 'b1', 'c1']);
  });

  it('appended to a file that was renamed or deleted after it was opened arrive', async () => {
    const name = '127.0.0.1-2113-cluster-node.log';
    await rig.append(name, 'a1');
    await rig.start();
    await rig.untilArrived(1);
    await rename(rig.path(name), rig.path('archived.1'));
    await rig.append('archived.1', 'a2');
    await rig.append(name, 'b1');
    await rig.untilArrived(3);
    expect(rig.arrived).toEqual(['a1', 'a2', 'b1']);
  });

  it('are read from the beginning again when the file was truncated', async () => {
    await rig.append(DAY_1, 'a1', 'a2', 'a3');
    await rig.start();
    await rig.untilArrived(3);
    await truncate(rig.path(DAY_1));
    await rig.append(DAY_1, 'b1');
    await rig.untilArrived(4);
    await rig.stop();
    await writeFile(rig.path(DAY_1), ['c1', 'c2', 'c3', 'c4'].map((id) => `${lineOf(id)}\n`).join(''));
    await rig.start();
    await rig.untilArrived(8);
    expect(rig.arrived).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'c2', 'c3', 'c4']);
  });

  it('written long before the very first start are left out, and later ones are not', async () => {
    await rig.append(DAY_1, 'old1');
    const longAgo = new Date(Date.now() - 49 * 3_600_000);
    await utimes(rig.path(DAY_1), longAgo, longAgo);
    await rig.append(DAY_2, 'new1');
    await rig.start();
    await rig.untilArrived(1);
    await rig.stop();
    await rig.append(DAY_1, 'late1');
    await rig.append('log20260113.json', 'new2');
    await utimes(rig.path('log20260113.json'), longAgo, longAgo);
    await rig.start();
    await rig.untilArrived(3);
    expect(rig.arrived).toEqual(['new1', 'late1', 'new2']);
  });
});

describe('while the hub is away', () => {
  const away = { status: 503 };

  it('lines wait on disk though their file is deleted before the agent stops, and arrive in their order', async () => {
    rig.hub.manner = () => away;
    // One round, and no other before it stops.
    rig.tempo = { ...HASTE, pollMs: 3_600_000, awayAfterMs: 0 };
    await rig.append(DAY_1, 'a1');
    await rig.start();
    await waitUntil(async () => (await rig.spooled()).lines === 1, { what: 'the first line' });
    await rig.append(DAY_1, 'a2');
    await rm(rig.path(DAY_1));
    await rig.stop();
    expect((await rig.spooled()).lines).toBe(2);
    await rig.append(DAY_2, 'b1');
    rig.hub.manner = () => undefined;
    rig.tempo = HASTE;
    await rig.start();
    await rig.untilArrived(3);
    await waitUntil(async () => (await rig.spooled()).files === 0, { what: 'the spool to be empty' });
    expect(rig.arrived).toEqual(['a1', 'a2', 'b1']);
  });

  it('the spool stays within its limit, what does not fit stays in its file, and nothing is lost', async () => {
    const padding = (): string =>
      Array.from({ length: 2_000 }, () => Math.random().toString(36).slice(2)).join('');
    const ids = Array.from({ length: 900 }, (_, index) => `line${index}`);
    await writeFile(rig.path(DAY_1), ids.map((id) => `${lineOf(id, ` ${padding()}`)}\n`).join(''));
    rig.hub.manner = () => away;
    await rig.start();
    let largest = 0;
    await waitUntil(
      async () => {
        const { bytes } = await rig.spooled();
        largest = Math.max(largest, bytes);
        return bytes > 6 * 1_048_576 - 800_000;
      },
      { what: 'the spool to be full', timeoutMs: 10_000 },
    );
    await rig.append(DAY_2, 'late1');
    // Long enough to read everything twice over.
    const before = rig.hub.asked;
    await waitUntil(() => rig.hub.asked > before + 400, { what: 'many more tries', timeoutMs: 10_000 });
    largest = Math.max(largest, (await rig.spooled()).bytes);
    expect(largest).toBeLessThanOrEqual(8 * 1_048_576);
    rig.hub.manner = () => undefined;
    await rig.untilArrived(901);
    expect(rig.arrived).toEqual([...ids, 'late1']);
  }, 20_000);

  it('no request goes out before the time that it asked for, whatever comes in', async () => {
    rig.hub.manner = () => ({ status: 503, headers: { 'retry-after': '1' } });
    await rig.append(DAY_1, 'a1');
    await rig.start();
    await waitUntil(async () => (await rig.spooled()).lines === 1, { what: 'the first line' });
    await rig.append(DAY_1, 'a2');
    await waitUntil(async () => (await rig.spooled()).lines === 2, { what: 'the second line' });
    expect(rig.hub.asked).toBe(1);
    rig.hub.manner = () => undefined;
    await rig.untilArrived(2);
    expect(rig.arrived).toEqual(['a1', 'a2']);
  });

  it('a batch that was damaged on disk is counted, the others arrive, and the hub hears of it', async () => {
    rig.hub.manner = () => away;
    await rig.append(DAY_1, 'a1', 'a2');
    await rig.start();
    await waitUntil(async () => (await rig.spooled()).lines === 2, { what: 'the first batch' });
    await rig.append(DAY_1, 'b1');
    await waitUntil(async () => (await rig.spooled()).lines === 3, { what: 'the second batch' });
    await rig.stop();
    const [first] = (await readdir(rig.spool)).filter((name) => name.includes('-logs-2-'));
    await writeFile(`${rig.spool}/${first}`, 'what was it');
    rig.hub.manner = () => undefined;
    await rig.start();
    await rig.untilArrived(2);
    expect(rig.arrived[0]).toBe('b1');
    expect(JSON.parse(rig.hub.lines[1] ?? '')).toMatchObject({ '@l': 'Warning', lines: 2 });
  });

  it('a batch that the place does not count yet is counted in, or read again when it is damaged', async () => {
    rig.hub.manner = () => away;
    await rig.append(DAY_1, 'a1');
    await rig.start();
    await waitUntil(async () => (await rig.spooled()).lines === 1, { what: 'the first batch' });
    await rig.append(DAY_1, 'b1');
    await waitUntil(async () => (await rig.spooled()).lines === 2, { what: 'the second batch' });
    await rig.stop();
    // As if it had died just before it noted the two.
    await writeFile(`${rig.state}/place.json`, JSON.stringify({ ...EMPTY_STATE, spooled: 0 }));
    const last = (await readdir(rig.spool))
      .filter((name) => name.includes('-logs-'))
      .sort()
      .at(-1);
    await writeFile(`${rig.spool}/${last}`, 'what was it');
    rig.hub.manner = () => undefined;
    await rig.start();
    await rig.untilArrived(2);
    await rig.stop();
    expect(rig.arrived).toEqual(['a1', 'b1']);
  });

  it('measurements of the host that are too old are dropped and counted', async () => {
    let nowMs = Date.now();
    const clock = { now: () => new Date(nowMs) };
    rig.hub.manner = () => away;
    await rig.start({ hostIntervalMs: 5 }, clock);
    await waitUntil(async () => (await rig.spooled()).files > 2, { what: 'measurements in the spool' });
    await rig.stop();
    nowMs += 11 * 60_000;
    rig.hub.manner = () => undefined;
    await rig.start({}, clock);
    await rig.untilArrived(1);
    expect(JSON.parse(rig.hub.lines[0] ?? '')).toMatchObject({ '@l': 'Warning', lines: 0, unreadBytes: 0 });
    expect((JSON.parse(rig.hub.lines[0] ?? '') as { samples: number }).samples).toBeGreaterThan(2);
    const times = rig.hub.raw.map((line) => Number(line.split(' ').at(-1)?.slice(0, -6)));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(nowMs);
  });
});

describe('a hub that refuses', () => {
  it('one line of many gets all others, in their order, and hears of it', async () => {
    rig.hub.manner = (body) =>
      body.includes('bad1') || body.includes('bad2') ? { status: 400, body: 'at line 1: no' } : undefined;
    const ids = Array.from({ length: 100 }, (_, index) =>
      index === 41 ? 'bad1' : index === 42 ? 'bad2' : `line${index}`,
    );
    await rig.append(DAY_1, ...ids);
    await rig.start();
    await rig.untilArrived(99);
    expect(rig.arrived.slice(0, 98)).toEqual(ids.filter((id) => !id.startsWith('bad')));
    expect(JSON.parse(rig.hub.lines[98] ?? '')).toMatchObject({ '@l': 'Warning', lines: 2 });
  });

  it('a body for its size gets it in halves; when it goes away between them, only the rest waits on disk', async () => {
    let requests = 0;
    rig.hub.manner = () => {
      requests += 1;
      return requests === 2 ? undefined : { status: requests === 1 ? 413 : 503 };
    };
    const ids = Array.from({ length: 10 }, (_, index) => `line${index}`);
    await rig.append(DAY_1, ...ids);
    rig.tempo = { ...HASTE, pollMs: 50 };
    await rig.start({ hostIntervalMs: 3_600_000 });
    await waitUntil(async () => (await rig.spooled()).files > 0, { what: 'the rest in the spool' });
    rig.hub.manner = () => undefined;
    await rig.untilArrived(10);
    await rig.stop();
    expect(rig.arrived).toEqual(ids);
    expect(rig.hub.raw.filter((line, index) => rig.hub.raw.indexOf(line) !== index)).toEqual([]);
  });

  it.each([
    [
      { status: 400, body: 'no such cluster' },
      'The hub takes nothing at all: The hub answered 400: no such cluster',
    ],
    [{ status: 403 }, 'The token may not write here (403)'],
    [{ status: 404 }, 'There is no write endpoint at this URL (404)'],
    [
      { status: 308, headers: { location: 'https://hub.example.com/' } },
      'leads elsewhere (308, https://hub.example.com/)',
    ],
  ])('everything loses nothing, and the agent says why: %j', async (manner, sentence) => {
    const said = rememberWhatIsSaid();
    rig.hub.manner = () => manner;
    await rig.append(DAY_1, 'a1', 'a2');
    await rig.start();
    await waitUntil(() => said().includes(sentence), { what: `it to say ${sentence}` });
    await rig.append(DAY_1, 'a3');
    rig.hub.manner = () => undefined;
    await rig.untilArrived(3);
    expect(rig.arrived).toEqual(['a1', 'a2', 'a3']);
  });

  it('the token is told so, and the token is nowhere in the log', async () => {
    const said = rememberWhatIsSaid();
    await rig.append(DAY_1, 'a1');
    await rig.start({ token: 'another-marked-token' });
    await waitUntil(() => said().includes('does not know the token (401)'), { what: 'it to say so' });
    await rig.stop();
    expect(said()).not.toContain('another-marked-token');
    await rig.start();
    await rig.untilArrived(1);
    expect(rig.arrived).toEqual(['a1']);
  });
});

describe('an agent', () => {
  it('measures the host, and sends what it found', async () => {
    await rig.start({ hostIntervalMs: 1_000, dataDirectory: rig.logs });
    await waitUntil(() => rig.hub.raw.length >= 5, { what: 'the measurements' });
    const [names] = [rig.hub.raw.map((line) => line.replace(/ .*/s, ''))];
    expect(names).toEqual([
      'host_load_avg,period=1m,hostname=n1.example.com',
      'host_cores,hostname=n1.example.com',
      'host_mem_bytes,kind=total,hostname=n1.example.com',
      'host_mem_bytes,kind=free,hostname=n1.example.com',
      expect.stringMatching(/^host_disk_bytes,disk=\/.*,kind=total,hostname=/),
      expect.stringMatching(/^host_disk_bytes,disk=\/.*,kind=used,hostname=/),
    ]);
  });

  it('does not start beside another one on its state directory', async () => {
    await rig.start();
    const { agent } = rig;
    await expect(rig.start()).rejects.toThrow('Another agent runs on the state directory');
    rig.agent = agent;
    await rig.stop();
    await rig.start();
  });

  it('does not start without a log directory that it can read', async () => {
    await expect(rig.start({ logs: rig.path('nowhere') })).rejects.toThrow(
      /nowhere cannot be read \(ENOENT\)/,
    );
  });

  it('sends what was written last when it is stopped', async () => {
    rig.tempo = { ...HASTE, pollMs: 3_600_000 };
    await rig.start();
    await waitUntil(() => rig.hub.raw.length > 0, { what: 'the first round' });
    await rig.append(DAY_1, 'a1');
    await rig.stop();
    expect(rig.arrived).toEqual(['a1']);
  });

  it('stops in time while the hub is silent, and sends the line after the next start', async () => {
    rig.tempo = { ...HASTE, flushMs: 30 };
    rig.hub.manner = () => 'silent';
    await rig.append(DAY_1, 'a1');
    await rig.start();
    await rig.stop();
    rig.hub.manner = () => undefined;
    await rig.start();
    await rig.untilArrived(1);
    expect(rig.arrived).toEqual(['a1']);
  });
});

/** What the agent logs from now on. */
function rememberWhatIsSaid(): () => string {
  const said: string[] = [];
  rig.logger = pino({ level: 'debug' }, { write: (text: string) => void said.push(text) });
  return () => said.join('');
}
