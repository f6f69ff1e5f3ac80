import { appendFile, link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../libs/domain/index.js';
import { silentLogger } from '../../../libs/observability/logging/index.js';
import { AgentState } from '../keeping/agent-state.js';
import { keyOf } from '../keeping/place.js';
import { LogReader, MAX_BATCH_LINES } from './log-reader.js';
import { MAX_LINE_BYTES } from './split-lines.js';

const DAY_1 = 'log20260111.json';
const DAY_2 = 'log20260112.json';

let directory: string;
let state: AgentState;
const readers: LogReader[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-agent-reader-'));
  state = await AgentState.open(directory);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
  await rm(directory, { recursive: true });
});

const path = (name: string): string => join(directory, name);
function readerOf(): LogReader {
  const reader = new LogReader({
    directory,
    node: 'n1',
    stats: false,
    historyMs: 3_600_000,
    state,
    clock: systemClock,
    logger: silentLogger,
  });
  readers.push(reader);
  return reader;
}
/** The texts of the next batch, whose change is remembered. */
async function taken(reader: LogReader): Promise<readonly string[] | undefined> {
  const batch = await reader.next();
  if (batch !== undefined) await state.commit(batch.change);
  return batch?.lines.map((line) => /log="(.*)" \d+\n$/s.exec(line)?.[1] ?? line);
}

describe('a reader', () => {
  it('gives batches of bounded size, and nothing when there is nothing new', async () => {
    await writeFile(path(DAY_1), 'line\n'.repeat(MAX_BATCH_LINES + 1));
    await writeFile(path(DAY_2), 'last\n');
    const reader = readerOf();
    expect(await taken(reader)).toHaveLength(MAX_BATCH_LINES);
    expect(await taken(reader)).toEqual(['line', 'last']);
    expect(await taken(reader)).toBeUndefined();
  });

  it('counts the bytes of a file that is deleted before it is read', async () => {
    const reader = readerOf();
    await writeFile(path(DAY_1), 'never read\n');
    await reader.look();
    await rm(path(DAY_1));
    await taken(reader);
    await taken(reader);
    expect(state.losses).toEqual({ lines: 0, cutLines: 0, unreadBytes: 11, samples: 0 });
  });

  it('counts lines that it cut, and goes on behind them after a restart in their middle', async () => {
    await writeFile(path(DAY_1), 'x'.repeat(2 * MAX_LINE_BYTES + 1_000));
    expect((await taken(readerOf()))?.map((line) => line.length)).toEqual([MAX_LINE_BYTES + 1]);
    await appendFile(path(DAY_1), 'x\nnext\n');
    expect(await taken(readerOf())).toEqual(['next']);
    expect(state.losses.cutLines).toBe(1);
  });

  it('knows a file by its number under another name', async () => {
    await writeFile(path(DAY_1), 'a\n');
    expect(await taken(readerOf())).toEqual(['a']);
    await rename(path(DAY_1), path(DAY_2));
    await appendFile(path(DAY_2), 'b\n');
    expect(await taken(readerOf())).toEqual(['b']);
  });

  it('reads another file with the number of an old one from its beginning', async () => {
    await writeFile(path(DAY_1), 'old line\n');
    await taken(readerOf());
    const [place] = [...state.places.values()];
    await writeFile(path('keeper'), 'new line, longer\n');
    await rm(path(DAY_1));
    await link(path('keeper'), path(DAY_1));
    const reader = readerOf();
    await reader.look();
    // No file system can be told which number to give: the state is told that it was this one.
    const batch = await reader.next();
    const inode = batch?.change.places[0]?.inode ?? '';
    if (place !== undefined) state.apply({ places: [{ ...place, inode }] }, 0);
    expect(await taken(readerOf())).toEqual(['new line, longer']);
  });

  it('knows its files though their device has another number after a restart of the machine', async () => {
    await writeFile(path(DAY_1), 'a\n');
    await taken(readerOf());
    const [place] = [...state.places.values()];
    if (place === undefined) throw new Error('there is no place');
    state.apply({ gone: [keyOf(place)], places: [{ ...place, device: '4711' }] }, 0);
    await appendFile(path(DAY_1), 'b\n');
    expect(await taken(readerOf())).toEqual(['b']);
    expect([...state.places.keys()]).toEqual([keyOf(place)]);
  });

  it('knows them after the next restart, too, though nothing was appended in between', async () => {
    await writeFile(path(DAY_1), 'a\n');
    await taken(readerOf());
    const [place] = [...state.places.values()];
    if (place === undefined) throw new Error('there is no place');
    state.apply({ gone: [keyOf(place)], places: [{ ...place, device: '4711' }] }, 0);
    expect(await taken(readerOf())).toEqual([]);
    expect([...state.places.values()]).toEqual([place]);
    expect(await taken(readerOf())).toBeUndefined();
  });

  it('knows a file again that was moved away for a moment', async () => {
    await writeFile(path(DAY_1), 'a\n');
    await writeFile(path(DAY_2), 'b\n');
    const reader = readerOf();
    await taken(reader);
    for (const name of [DAY_1, DAY_2]) {
      await rename(path(name), path('away'));
      await taken(reader);
      await rename(path('away'), path(name));
      await appendFile(path(name), 'c\n');
      expect(await taken(reader)).toEqual(['c']);
    }
    expect(await taken(readerOf())).toBeUndefined();
  });

  it('forgets a file that is gone for good, and reads another one in its place from the beginning', async () => {
    await writeFile(path(DAY_1), 'a\n');
    const reader = readerOf();
    await taken(reader);
    await rm(path(DAY_1));
    await taken(reader);
    await taken(reader);
    expect(state.places.size).toBe(0);
    await writeFile(path(DAY_1), 'z\n');
    expect(await taken(reader)).toEqual(['z']);
  });

  it('keeps its places while nothing is there at its start, as before a volume is mounted', async () => {
    await writeFile(path(DAY_1), 'a\n');
    await writeFile(path(DAY_2), 'b\n');
    await taken(readerOf());
    const volume = path('volume');
    for (const name of [DAY_1, DAY_2]) await rename(path(name), `${volume}-${name}`);
    const reader = readerOf();
    expect(await taken(reader)).toBeUndefined();
    await rename(`${volume}-${DAY_2}`, path(DAY_2));
    expect(await taken(reader)).toEqual([]);
    expect([...state.places.values()].map((place) => place.path)).toEqual([path(DAY_2)]);
  });

  it('keeps its place in a directory that cannot be looked into for a while', async () => {
    const below = path('n1-2113-cluster-node');
    await mkdir(below);
    await writeFile(join(below, DAY_1), 'a\n');
    await writeFile(join(below, DAY_2), 'b\n');
    const reader = readerOf();
    expect(await taken(reader)).toEqual(['a', 'b']);
    // Rights would not keep root out; a link that leads to itself does.
    const away = path('away');
    await mkdir(away);
    await rename(below, join(away, 'n1'));
    await symlink(below, below);
    await taken(reader);
    await taken(reader);
    expect(await taken(readerOf())).toBeUndefined();
    await rm(below);
    await rename(join(away, 'n1'), below);
    await appendFile(join(below, DAY_2), 'c\n');
    expect(await taken(reader)).toEqual(['c']);
    expect(await taken(readerOf())).toBeUndefined();
  });

  it('gives a line without a time that of the line before it', async () => {
    await writeFile(path(DAY_1), '{"@t":"2026-01-11T15:32:37Z","@mt":"m"}\n   at Some.Method()\n');
    const batch = await readerOf().next();
    const times = batch?.lines.map((line) => line.trim().split(' ').at(-1));
    expect(new Set(times)).toEqual(new Set([`${Date.parse('2026-01-11T15:32:37Z')}000000`]));
  });
});
