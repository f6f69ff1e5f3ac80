import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { BadUsage } from '../terminal.js';
import { readMoment } from './moment.js';
import { Options } from './options.js';
import { readQuery } from './query-arguments.js';
import { lineOf, readSend } from './send-arguments.js';
import { readTail } from './tail-arguments.js';

const NOW_MS = Date.UTC(2026, 10, 28, 12);
const send = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  readSend(Options.parse('send', args, environment), NOW_MS);
const query = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  readQuery(Options.parse('query', args, environment), NOW_MS);
const tail = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  readTail(Options.parse('tail', args, environment), NOW_MS);
const line = (...args: string[]) => lineOf(send(['--hostname', 'vm', ...args, 'x']).envelope, 'x', NOW_MS);
const problemsOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof BadUsage) return error.message;
    throw error;
  }
  return 'none';
};

describe('what is sent', () => {
  it.each([
    [[], 'myevent,hostname=vm event="x"'],
    [['--cluster', 'tc'], 'myevent,cluster=tc,hostname=vm event="x"'],
    [
      ['--name', 'job', '--tag', 'function=stop_job', '--tag', 'a=b=c'],
      'job,a=b\\=c,function=stop_job,hostname=vm event="x"',
    ],
    [
      ['--type', 'core', '--type-id', '3', '--stype', 'app', '--stype-id', '69'],
      'myevent,hostname=vm,stype=app,stype-id=69,type=core,type-id=3 event="x"',
    ],
    [['--log', '--name', 'ccb', '--level', 'warn'], 'ccb,hostname=vm,loglevel=warn log="x"'],
    [
      [
        '--field',
        'n=3i',
        '--field',
        'f=1.5',
        '--field',
        'ok=true',
        '--field',
        't=a b',
        '--field',
        'big=12345678901234567890',
      ],
      'myevent,hostname=vm event="x",n=3i,f=1.5,ok=true,t="a b",big="12345678901234567890"',
    ],
    [
      ['--tag', '__proto__=a', '--tag', '7=b', '--tag', 'hostname=other'],
      'myevent,7=b,__proto__=a,hostname=other event="x"',
    ],
  ])('is of %j', (args, expected) => {
    expect(line(...args)).toBe(`${expected} ${NOW_MS}000000\n`);
  });

  it.each([
    ['5m', NOW_MS - 300_000],
    ['2026-01-31T12:00:00.250Z', Date.UTC(2026, 0, 31, 12, 0, 0, 250)],
    ['1740027951', 1_740_027_951_000],
    ['2000-01-01T00:00:00Z', Date.UTC(2000, 0, 1)],
    ['2026-11-29T12:00:00Z', NOW_MS + 86_400_000],
  ])('has its time: %s', (time, timeMs) => {
    expect(line('--time', time)).toBe(`myevent,hostname=vm event="x" ${timeMs}000000\n`);
  });

  it('is of this host when nobody says another', () => {
    expect(send(['x']).envelope.tags['hostname']).toBe(hostname());
  });

  it('comes from the command line, from standard input, or from its lines', () => {
    expect(send(['x y']).payload).toEqual({ text: 'x y' });
    expect(send(['']).payload).toEqual({ text: '' });
    expect(send(['-']).payload).toBe('input');
    expect(send(['--lines']).payload).toBe('lines');
    expect(send(['--', '-x']).payload).toEqual({ text: '-x' });
  });
});

describe('where to', () => {
  it('is the event store of this machine when nobody says', () => {
    expect(send(['x']).connection).toEqual({
      kind: 'http',
      base: new URL('http://localhost:8088'),
      token: undefined,
      timeoutMs: 30_000,
    });
  });

  it('can be NATS, with the subject of cc-event-client', () => {
    expect(send(['--nats', 'nats://nats.example.com', '--creds', 'f', 'x']).connection).toEqual({
      kind: 'nats',
      server: 'nats.example.com:4222',
      hasTls: false,
      subject: 'ee-hpc-nats',
      login: undefined,
      creds: 'f',
      timeoutMs: 30_000,
    });
    const environment = {
      SPILLWAY_EVENT_USER: 'u',
      SPILLWAY_EVENT_PASSWORD: 'p',
      SPILLWAY_EVENT_SUBJECT: 'a.>',
    };
    expect(tail(['--nats', 'tls://nats.example.com:4333'], environment).connection).toMatchObject({
      server: 'nats.example.com:4333',
      hasTls: true,
      subject: 'a.>',
      login: { user: 'u', password: 'p' },
    });
  });

  it('is as the command line says, whatever the environment does', () => {
    const environment = {
      SPILLWAY_EVENT_URL: 'https://hub.example.com',
      SPILLWAY_EVENT_TOKEN: 'marked',
      SPILLWAY_EVENT_CLUSTER: 'tc',
      SPILLWAY_EVENT_TAG: 'a=1,b=2',
      SPILLWAY_EVENT_LOG: 'true',
      SPILLWAY_EVENT_TYPE_ID: '5',
    };
    expect(send(['x'], environment)).toMatchObject({
      connection: { kind: 'http', base: new URL('https://hub.example.com'), token: 'marked' },
      envelope: { kind: 'log', tags: { cluster: 'tc', a: '1', b: '2', 'type-id': '5' } },
    });
    expect(send(['--nats', 'nats://192.0.2.1', '--cluster', 'other', 'x'], environment)).toMatchObject({
      connection: { kind: 'nats' },
      envelope: { tags: { cluster: 'other' } },
    });
  });
});

describe('what is wanted', () => {
  it('is the last hour when nobody says', () => {
    expect(query(['--cluster', 'tc'])).toMatchObject({
      filter: { kind: 'event', cluster: 'tc', name: undefined, host: undefined },
      fromMs: NOW_MS - 3_600_000,
      toMs: NOW_MS,
      limit: Infinity,
      isJson: false,
    });
  });

  it('is what the options say', () => {
    const args =
      '--cluster tc --name job --host a --type core --type-id 0 --stype app --stype-id 1 --kind log --limit 5';
    expect(query([...args.split(' '), '--from', '2d', '--to', '1d', '--json'])).toMatchObject({
      filter: { kind: 'log', name: 'job', host: 'a', type: 'core', typeId: '0', stype: 'app', stypeId: '1' },
      fromMs: NOW_MS - 172_800_000,
      toMs: NOW_MS - 86_400_000,
      limit: 5,
      isJson: true,
    });
    expect(
      tail(['--cluster', 'tc', '--interval', '500ms', '--overlap', '5m', '--from', 'now']),
    ).toMatchObject({
      fromMs: NOW_MS,
      intervalMs: 500,
      overlapMs: 300_000,
    });
  });
});

describe('what cannot be meant', () => {
  const NATS = ['--nats', 'nats://192.0.2.1'];
  it.each<[string, readonly string[], typeof send, NodeJS.ProcessEnv?]>([
    ['payload', [], send],
    ['payload', ['a', 'b'], send],
    ['--lines', ['--lines', 'a'], send],
    ['--nonsense', ['--nonsense=marked', 'a'], send],
    ['--level', ['--level', 'warn', 'a'], send],
    ['--level', ['--log', '--level', 'loud', 'a'], send],
    ['--tag', ['--tag', 'novalue', 'a'], send],
    ['--tag', ['--tag', '=novalue', 'a'], send],
    ['--field event', ['--field', 'event=a', 'a'], send],
    ['tag', ['--tag', 'a=b\n', 'a'], send],
    ['name', ['--name', '#a', 'a'], send],
    ['--time', ['--time', 'yesterday', 'a'], send],
    ['--time', ['--time', '2026-01-31T12:00:00', 'a'], send],
    ['--time is before 2000', ['--time', '1999-12-31T23:59:59.999Z', 'a'], send],
    ['--time is before 2000', ['--time', '5', 'a'], send],
    ['more than a day ahead', ['--time', '2026-11-29T12:00:00.001Z', 'a'], send],
    ['--url', ['--url', 'hub.example.com', 'a'], send],
    ['--url', ['--url', 'https://u:marked@hub.example.com', 'a'], send],
    ['--url', ['--url', 'https://hub.example.com?token=marked', 'a'], send],
    ['--token', ['--token', 'marked\nmore', 'a'], send],
    ['--timeout', ['--timeout', '30', 'a'], send],
    ['--timeout', ['--timeout', '30d', 'a'], send],
    ['--nats', ['--nats', 'nats://u:marked@192.0.2.1', 'a'], send],
    ['--nats', [...NATS, '--url', 'http://192.0.2.1', 'a'], send],
    [
      'SPILLWAY_EVENT_NATS',
      ['a'],
      send,
      { SPILLWAY_EVENT_URL: 'http://192.0.2.1', SPILLWAY_EVENT_NATS: 'nats://192.0.2.1' },
    ],
    ['--subject', [...NATS, '--subject', 'a..b', 'a'], send],
    ['--password', [...NATS, '--user', 'u', 'a'], send],
    ['--creds', [...NATS, '--user', 'u', '--password', 'marked', '--creds', 'f', 'a'], send],
    ['--cluster', [], query as never],
    ['--url', [...NATS, '--cluster', 'tc'], query as never],
    ['--from', ['--cluster', 'tc', '--from', '1h', '--to', '2h'], query as never],
    ['--kind', ['--cluster', 'tc', '--kind', 'metric'], query as never],
    ['--limit', ['--cluster', 'tc', '--limit', '0'], query as never],
    ['"job"', ['--cluster', 'tc', 'job'], query as never],
    ['--cluster', [], tail as never],
    ['--from', [...NATS, '--from', '1h'], tail as never],
    ['--interval', ['--cluster', 'tc', '--interval', '0s'], tail as never],
  ])('is refused with a word about %s: %j', (name, args, read, environment) => {
    const problems = problemsOf(() => read(args, environment));
    expect(problems).toContain(name);
    expect(problems).not.toContain('marked');
  });

  it('is told all at once', () => {
    const problems = problemsOf(() => send(['--time', 'x', '--level', 'y', '--url', 'z']));
    expect(problems.split('\n')).toHaveLength(4);
  });
});

it.each([
  ['now', NOW_MS],
  ['1740027951', 1_740_027_951_000],
  ['1740027951123', 1_740_027_951_123],
  ['1740027951123456', 1_740_027_951_123],
  ['1740027951123456789', 1_740_027_951_123],
  ['2026-01-31T12:00+01:00', Date.UTC(2026, 0, 31, 11)],
  ['2026-13-31T12:00Z', undefined],
  ['-5', undefined],
  ['', undefined],
])('the moment %j is %s', (text, timeMs) => expect(readMoment(text, NOW_MS)).toBe(timeMs));
