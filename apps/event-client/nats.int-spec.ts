import { connect } from '@nats-io/transport-node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeNatsOperator } from '../../libs/testing/nats-operator.js';
import { hasNatsServer, startNats, type TestNats } from '../../libs/testing/nats-server.js';
import { waitUntil } from '../../libs/testing/wait-until.js';
import { ran, run, type Run } from './stand-in.fixture.js';

const USERS = [
  { user: 'u', password: 'marked-word' },
  { user: 'reader', password: 'marked-word', permissions: { subscribe: ['events.>'] } },
];
const LOGIN = ['--user', 'u', '--password', 'marked-word'];

describe.skipIf(!hasNatsServer())('over NATS', () => {
  let nats: TestNats;
  const open: Run[] = [];
  beforeEach(async () => {
    nats = await startNats({ users: USERS });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) {
      one.end();
      await one.code;
    }
    await nats.stop();
  });

  async function tail(...args: string[]): Promise<Run> {
    const one = run(['tail', '--nats', nats.url, ...LOGIN, '--json', ...args]);
    open.push(one);
    await waitUntil(() => one.said().includes('Listening'), { what: 'a subscription' });
    return one;
  }
  const send = (args: readonly string[], input: readonly string[] = []) =>
    ran(['send', '--nats', nats.url, ...LOGIN, ...args], {}, input);
  const data = ({ output }: Run) =>
    output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('an event goes out with the bytes of cc-event-client, on its subject', async () => {
    const connection = await connect({ servers: [nats.url], user: 'u', pass: 'marked-word' });
    const received: string[] = [];
    connection.subscribe('ee-hpc-nats', {
      callback: (_error, message) => void received.push(message.string()),
    });
    await connection.flush();
    const args = [
      '--cluster',
      'tc',
      '--hostname',
      'vm',
      '--time',
      '1795176057541',
      'This is "my" \\ event\nx',
    ];
    expect(await send(args)).toEqual({ code: 0, output: '', said: '' });
    await waitUntil(() => received.length > 0, { what: 'the message' });
    await connection.close();
    expect(received).toEqual([
      'myevent,cluster=tc,hostname=vm event="This is \\"my\\" \\\\ event\nx" 1795176057541000000\n',
    ]);
  });

  it('what is sent is seen by who listens, as far as it is wanted', async () => {
    const one = await tail('--subject', 'tc.>', '--cluster', 'tc', '--name', 'job', '--limit', '2');
    await send(['--subject', 'tc.events', '--name', 'other', 'no']);
    await send(['--subject', 'tc.events', '--name', 'job', '--cluster', 'elsewhere', 'no']);
    await send(['--subject', 'tc.events', '--name', 'job', '--log', 'no']);
    const job = [
      '--name',
      'job',
      '--hostname',
      'vm',
      '--time',
      '1795176057541',
      '--tag',
      'f=x',
      '--field',
      'n=3i',
    ];
    await send(['--subject', 'tc.events', ...job, '--lines'], ['a\nb\n']);
    expect(await one.code).toBe(0);
    const more = {
      timestamp: 1_795_176_057,
      name: 'job',
      hostname: 'vm',
      tags: { f: 'x' },
      fields: { n: 3 },
    };
    expect(data(one)).toEqual(
      ['a', 'b'].map((Event) => ({ Event, ...more, time: '2026-11-20T12:00:57.541Z' })),
    );
  });

  it('a tail goes on when the server comes back', async () => {
    const one = await tail();
    await nats.restart();
    await waitUntil(() => one.said().split('Listening').length === 3, {
      what: 'the second subscription',
      timeoutMs: 10_000,
    });
    await send(['after']);
    await waitUntil(() => data(one).length === 1, { what: 'the message' });
  });

  it('what cannot be is said, without secrets', async () => {
    const wrong = await ran(['send', '--nats', nats.url, '--user', 'u', '--password', 'marked-other', 'x']);
    expect(wrong.code).toBe(1);
    expect(wrong.said).toMatch(/cannot be reached: .*Authorization/i);
    const listening = await ran([
      'tail',
      '--nats',
      nats.url,
      '--user',
      'reader',
      '--password',
      'marked-word',
    ]);
    expect(listening.code).toBe(1);
    expect(listening.said).toMatch(/permission/i);
    const long = await send(['-'], ['x'.repeat(1_048_570)]);
    expect(long).toMatchObject({ code: 1, said: expect.stringContaining('longer than') });
    expect(wrong.said + listening.said).not.toContain('marked');
  });

  it('a subject that this user may not publish on fails', async () => {
    const permissions = '{ publish: ["events.>"] }';
    const user = `{ user: u, password: "marked-word", permissions: ${permissions} }`;
    await nats.restart({ operatorConfig: `authorization { users: [${user}] }` });
    expect((await send(['--subject', 'events.job', 'x'])).code).toBe(0);
    expect(await send(['--subject', 'jobs', 'x'])).toEqual({
      code: 1,
      output: '',
      said: 'The server does not let this user publish on jobs.\n',
    });
  });

  it('a server that is away is waited for, and told of at last', async () => {
    await nats.kill();
    const { code, said } = await send(['--timeout', '300ms', 'x']);
    expect(code).toBe(1);
    expect(said).toContain('nobody listens there');
    const waiting = send(['--timeout', '20s', 'x']);
    await nats.restart();
    expect((await waiting).code).toBe(0);
  });

  it('credentials that are none are told of by the name of the option', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-creds-'));
    const file = join(directory, 'a.creds');
    const args = ['send', '--nats', nats.url, '--timeout', '300ms', 'x', '--creds'];
    expect((await ran([...args, file])).said).toContain('--creds: the file cannot be read (ENOENT)');
    await writeFile(file, 'marked-secret');
    const bad = await ran([...args, file]);
    await rm(directory, { recursive: true });
    expect(bad.code).toBe(1);
    expect(bad.said).toContain('--creds');
    expect(bad.said).not.toContain('marked');
  });

  it('credentials of a file open the door', async () => {
    const operator = makeNatsOperator();
    await nats.restart({ operatorConfig: operator.config });
    const directory = await mkdtemp(join(tmpdir(), 'spillway-creds-'));
    const file = join(directory, 'a.creds');
    await writeFile(file, operator.credentials());
    expect((await ran(['send', '--nats', nats.url, 'x'])).code).toBe(1);
    expect(await ran(['send', '--nats', nats.url, '--creds', file, 'x'])).toEqual({
      code: 0,
      output: '',
      said: '',
    });
    await rm(directory, { recursive: true });
  });
});
