import { describe, expect, it } from 'vitest';
import { compareLogFiles, isRead, logFileOf, succeeds, type LogFile } from './log-file.js';

const fileOf = (name: string): LogFile => {
  const file = logFileOf(name);
  if (file === undefined) throw new Error(`${name} is no log file`);
  return file;
};

describe('a file by name', () => {
  it.each([
    ['log20260111.json', 'main', '20260111', 0],
    ['log20260111_001.json', 'main', '20260111', 1],
    ['log20260111_1002.json', 'main', '20260111', 1_002],
    ['log-err20260111.json', 'error', '20260111', 0],
    ['log-err20260111_001.json', 'error', '20260111', 1],
    ['log-stats20260111.json', 'stats', '20260111', 0],
    ['127.0.0.1-2113-cluster-node.log', 'main', undefined, 0],
    ['127.0.0.1-2113-cluster-node-err.log', 'error', undefined, 0],
    ['127.0.0.1-2113-cluster-node-stats.json', 'stats', undefined, 0],
    ['127.0.0.1-2113-cluster-node-stats.csv', 'stats', undefined, 0],
  ])('%s is %s of %s, part %i', (name, kind, day, part) => {
    expect(logFileOf(name)).toEqual({ name, kind, day, part });
  });

  it.each([
    'log.json',
    'log2026011.json',
    'log20260111.json.gz',
    'log20260111.json.tmp',
    'log20260111_1.json',
    'log20260111_1234567890.json',
    'catalog20260111.json',
    'config.json',
    '.log',
    'sub/log20260111.json',
    '',
  ])('%j is no log of a server', (name) => {
    expect(logFileOf(name)).toBeUndefined();
  });

  it('is read unless it repeats another one, statistics on demand', () => {
    const names = [
      'log20260111.json',
      'log-err20260111.json',
      'log-stats20260111.json',
      'n.log',
      'n-err.log',
    ];
    const readOf = (stats: boolean) => names.filter((name) => isRead(fileOf(name), { stats }));
    expect(readOf(false)).toEqual(['log20260111.json', 'n.log']);
    expect(readOf(true)).toEqual(['log20260111.json', 'log-stats20260111.json', 'n.log']);
  });
});

describe('the order of files', () => {
  it('is by day, then by part as a number', () => {
    const names = ['log20260112.json', 'log20260111_1000.json', 'log20260111_999.json', 'log20260111.json'];
    expect(
      names
        .map((name) => fileOf(name))
        .sort(compareLogFiles)
        .map(({ name }) => name),
    ).toEqual(['log20260111.json', 'log20260111_999.json', 'log20260111_1000.json', 'log20260112.json']);
  });

  it.each([
    ['log20260112.json', 'log20260111_001.json', true],
    ['log20260111_001.json', 'log20260111.json', true],
    ['log20260111.json', 'log20260111.json', false],
    ['log20260111.json', 'log20260112.json', false],
    ['log-stats20260112.json', 'log20260111.json', false],
    ['n2.log', 'n1.log', false],
  ])('%s goes on after %s: %s', (later, earlier, expected) => {
    expect(succeeds(fileOf(later), fileOf(earlier))).toBe(expected);
  });
});
