import { describe, expect, it } from 'vitest';
import { serverOf } from './connection-options.js';
import { subjectCluster } from './message-store.js';
import { natsSchema } from './nats.schema.js';

describe('settings of a NATS receiver', () => {
  it('needs no more than a subject', () => {
    expect(natsSchema.parse({ subject: 'jobs' })).toEqual({
      address: 'localhost',
      port: 4222,
      subject: 'jobs',
      tls: false,
      max_pending_bytes: 67_108_864,
    });
  });

  it('takes the original sample, with its port as a text', () => {
    const sample = {
      address: 'nats-server.example.org',
      port: '4223',
      subject: 'metrics',
      user: 'natsuser',
      password: 'natssecret',
      nkey_file: '/path/to/nkey_file',
    };
    expect(natsSchema.parse(sample)).toMatchObject({ ...sample, port: 4223 });
  });

  it('takes an empty text for none', () => {
    expect(natsSchema.parse({ subject: 'jobs', user: '', password: '', nkey_file: '' })).toMatchObject({
      user: undefined,
      password: undefined,
      nkey_file: undefined,
    });
  });

  it('reads durations of JetStream as Go does', () => {
    const jetstream = { stream: 'EVENTS', durable: 'store', ack_wait: '1m30s', max_ack_pending: '500' };
    expect(natsSchema.parse({ subject: 'jobs', jetstream }).jetstream).toMatchObject({
      ack_wait: 90_000,
      max_ack_pending: 500,
    });
  });

  it.each(['jobs', '*', '>', 'alex.events.job', '*.events.>', 'a.*.c'])(
    'takes the subject "%s"',
    (subject) => {
      expect(natsSchema.parse({ subject }).subject).toBe(subject);
    },
  );

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a.>.b', '>.a', 'a\r\nPUB x 0', 'a>'])(
    'refuses the subject %j',
    (subject) => {
      expect(natsSchema.safeParse({ subject }).success).toBe(false);
    },
  );

  it.each([
    [{}, 'subject'],
    [{ subject: 'jobs', port: 0 }, 'port'],
    [{ subject: 'jobs', port: '65536' }, 'port'],
    [{ subject: 'jobs', port: 'nats' }, 'port'],
    [{ subject: 'jobs', address: '' }, 'address'],
    [{ subject: 'jobs', user: 'store' }, 'user'],
    [{ subject: 'jobs', password: 'secret', user: '' }, 'user'],
    [{ subject: 'jobs', jetstream: { stream: 'EVENTS' } }, 'durable'],
    [{ subject: 'jobs', jetstream: { stream: 'a.b', durable: 'store' } }, 'stream'],
    [{ subject: 'jobs', jetstream: { stream: 'E', durable: 'd', ack_wait: '10ms' } }, 'ack_wait'],
    [{ subject: 'jobs', queue: 'q', jetstream: { stream: 'E', durable: 'd' } }, 'queue'],
  ])('refuses %j and names %s', (settings, key) => {
    const problems = natsSchema.safeParse(settings).error?.issues ?? [];
    expect(problems.map(({ path }) => path.at(-1))).toEqual([key]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

it.each([
  ['localhost', 'localhost:4222'],
  ['192.0.2.1', '192.0.2.1:4222'],
  ['::1', '[::1]:4222'],
  ['[2001:db8::1]', '[2001:db8::1]:4222'],
  ['nats://nats.example.com', 'nats.example.com:4222'],
])('the server of address %s is %s', (address, server) => {
  expect(serverOf({ address, port: 4222 })).toBe(server);
});

it.each([
  ['jobs', undefined],
  ['alex.events.job', 'alex'],
  ['alex.metrics', 'alex'],
])('the cluster of subject %s is %s', (subject, cluster) => {
  expect(subjectCluster(subject)).toBe(cluster);
});
