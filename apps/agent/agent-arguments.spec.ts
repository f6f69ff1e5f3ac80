import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadArguments, readArguments } from './agent-arguments.js';

const FOUR = [
  '--hub',
  'https://hub.example.com',
  '--token',
  'marked-token',
  '--cluster',
  'orders',
  '--logs',
  '/logs',
];
const problemsOf = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): string => {
  try {
    readArguments(args, environment);
  } catch (error) {
    if (error instanceof BadArguments) return error.message;
    throw error;
  }
  return 'none';
};

describe('the command line', () => {
  it('needs four options, and has a sensible value for every other', () => {
    expect(readArguments(FOUR, {})).toEqual({
      hub: new URL('https://hub.example.com'),
      token: 'marked-token',
      cluster: 'orders',
      logs: '/logs',
      node: hostname(),
      state: './agent-data',
      spoolLimitBytes: 512 * 1_048_576,
      stats: false,
      hostIntervalMs: 15_000,
      dataDirectory: undefined,
      indexDirectory: undefined,
      ca: undefined,
    });
  });

  it('can be said in the environment, and what is said as a flag counts', () => {
    const environment = {
      SPILLWAY_AGENT_HUB: 'https://hub.example.com/hub/v1/organizations/o/projects/p/',
      SPILLWAY_AGENT_TOKEN: 'marked-token',
      SPILLWAY_AGENT_CLUSTER: 'orders',
      SPILLWAY_AGENT_LOGS: '/logs',
      SPILLWAY_AGENT_NODE: 'n1',
      SPILLWAY_AGENT_SPOOL_LIMIT: '1gb',
      SPILLWAY_AGENT_HOST_INTERVAL: '1m',
      SPILLWAY_AGENT_STATS: 'true',
      SPILLWAY_AGENT_DATA_DIR: '/data',
      SPILLWAY_AGENT_CA: '',
    };
    expect(readArguments(['--node', 'n2', '--logs', '/other'], environment)).toMatchObject({
      node: 'n2',
      logs: '/other',
      spoolLimitBytes: 1_073_741_824,
      hostIntervalMs: 60_000,
      stats: true,
      dataDirectory: '/data',
      ca: undefined,
    });
  });

  it('names everything that is missing at once', () => {
    const problems = problemsOf([]).split('\n');
    expect(problems.map((text) => /^--(\S+) \(or SPILLWAY_AGENT_/.exec(text)?.[1])).toEqual([
      'hub',
      'token',
      'cluster',
      'logs',
    ]);
  });

  it.each([
    [['--hub', 'hub.example.com'], '--hub'],
    [['--hub', 'ftp://hub.example.com'], '--hub'],
    [['--hub', 'https://user:marked-word@hub.example.com'], '--hub'],
    [['--token', 'marked-token\nwith more'], '--token'],
    [['--cluster', ' '], '--cluster'],
    [['--node', 'a\nb'], '--node'],
    [['--spool-limit', '512'], '--spool-limit'],
    [['--spool-limit', '1MB'], '--spool-limit'],
    [['--host-interval', '10ms'], '--host-interval'],
    [['--ca', '/nowhere.pem'], '--ca'],
    [['--nonsense'], '--nonsense'],
  ])('%j is refused by name, and no secret is repeated', (args, name) => {
    const problems = problemsOf([...FOUR, ...args]);
    expect(problems).toContain(name);
    expect(problems).not.toContain('marked');
  });

  it('asks for help before anything else', () => {
    expect(readArguments(['--help'], {})).toBeUndefined();
  });

  it('reads the authorities from their file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'spillway-agent-ca-'));
    const pem = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
    writeFileSync(join(directory, 'ca.pem'), pem);
    writeFileSync(join(directory, 'other.pem'), 'no certificate');
    try {
      expect(readArguments([...FOUR, '--ca', join(directory, 'ca.pem')], {})?.ca).toBe(pem);
      expect(problemsOf([...FOUR, '--ca', join(directory, 'other.pem')])).toContain('--ca');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
