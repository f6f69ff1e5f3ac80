import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disksOf } from './disks.js';
import { encodeSample } from './host-sample.js';
import { memoryOf } from './memory.js';
import { physicalCoresOf } from './physical-cores.js';

const processor = (index: number, socket: number, core: number): string =>
  `processor\t: ${index}\nmodel name\t: a CPU\nphysical id\t: ${socket}\nsiblings\t: 4\ncore id\t\t: ${core}\ncpu cores\t: 2\n`;

describe('physical cores', () => {
  it('are counted once each: two sockets of two cores of two threads are four', () => {
    const pairs = [0, 1].flatMap((socket) => [0, 1, 0, 1].map((core) => [socket, core] as const));
    const text = pairs.map(([socket, core], index) => processor(index, socket, core)).join('\n');
    expect(physicalCoresOf(text)).toBe(4);
  });

  it('are not known where the machine does not name them', () => {
    expect(physicalCoresOf('processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\n')).toBeUndefined();
  });
});

describe('memory', () => {
  it('is free when programs could get it', () => {
    expect(
      memoryOf('MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    4000 kB\n'),
    ).toEqual({
      totalBytes: 16_384_000,
      freeBytes: 4_096_000,
    });
    expect(memoryOf('MemTotal: 16000 kB\nMemFree: 100 kB\n')).toBeUndefined();
  });
});

describe('disks', () => {
  it('are named after their mount, and count once however many directories are on them', async () => {
    const [one, ...others] = await disksOf([tmpdir(), join(tmpdir(), '.'), tmpdir()]);
    expect(others).toEqual([]);
    expect(one?.mount).toMatch(/^\//);
    expect(one?.usedBytes).toBeGreaterThan(0);
    expect(one?.totalBytes).toBeGreaterThanOrEqual(one?.usedBytes ?? Number.NaN);
    const mounts = (await disksOf(['/', '/proc'])).map(({ mount }) => mount);
    expect(mounts).toEqual(['/', '/proc']);
  });

  it('that do not exist are an error', async () => {
    await expect(disksOf(['/nowhere/at/all'])).rejects.toThrow('ENOENT');
  });
});

describe('a sample as lines', () => {
  it('has a point for each figure that is known', () => {
    const sample = {
      timeMs: 1_700_000_000_000,
      load: 0.5,
      cores: 4,
      memory: undefined,
      disks: [{ mount: '/var/lib/my data', totalBytes: 100, usedBytes: 40 }],
    };
    expect(encodeSample(sample, 'n1')).toEqual([
      'host_load_avg,period=1m,hostname=n1 value=0.5 1700000000000000000\n',
      'host_cores,hostname=n1 value=4 1700000000000000000\n',
      String.raw`host_disk_bytes,disk=/var/lib/my\ data,kind=total,hostname=n1 value=100 1700000000000000000` +
        '\n',
      String.raw`host_disk_bytes,disk=/var/lib/my\ data,kind=used,hostname=n1 value=40 1700000000000000000` +
        '\n',
    ]);
  });
});
