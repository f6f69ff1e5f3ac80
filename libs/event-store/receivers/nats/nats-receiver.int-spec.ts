import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasPlainNats, startPlainNats, waitUntil, type PlainNats } from '../../../testing/index.js';
import { StorageRefused, StorageUnavailable } from '../../storage/index.js';
import { lineOf, publishing, ReceiverRig } from './receiver-rig.fixture.js';
import type { NatsTiming } from './timing.js';

describe.skipIf(!hasPlainNats())('NATS receiver on plain subjects', () => {
  let server: PlainNats;
  let rigs: ReceiverRig[] = [];
  beforeAll(async () => {
    server = await startPlainNats();
  });
  afterEach(async () => {
    await Promise.all(rigs.map(({ receiver }) => receiver.stop()));
    rigs = [];
  });
  afterAll(() => server.stop());

  const ownSubject = (): string => `t${randomBytes(6).toString('hex')}`;
  const rigOf = (configuration: object, timing?: Partial<NatsTiming>): ReceiverRig => {
    const { hostname: address, port, username, password } = new URL(server.url);
    const login = username ? { user: username, password } : {};
    const rig = new ReceiverRig({ address, port: port || '4222', ...login, ...configuration }, timing);
    rigs.push(rig);
    return rig;
  };
  const publish = (messages: readonly (readonly [subject: string, body: string])[]): Promise<void> => {
    const { username: user, password: pass } = new URL(server.url);
    return publishing({ servers: server.url, ...(user ? { user, pass } : {}) }, (sender) => {
      for (const [subject, body] of messages) sender.publish(subject, body);
    });
  };
  const numbered = (subject: string, count: number, from = 0): (readonly [string, string])[] =>
    Array.from({ length: count }, (_, index) => [subject, lineOf(String(from + index))] as const);
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

  it('stores every line of a message of several, in their order', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject, cluster: 'fritz' });
    await rig.connected();
    await publish([
      [subject, `${lineOf('one')}\n# remark\r\n${lineOf('two\nlines')}`],
      [subject, lineOf('three')],
    ]);
    await rig.hasStored(3);
    expect(rig.intake.stored).toEqual(['one', 'two\nlines', 'three']);
    expect(rig.intake.options[0]).toEqual({
      cluster: 'fritz',
      subjectCluster: undefined,
      process: undefined,
    });
  });

  it('passes wildcards through and takes the first of several tokens for a cluster', async () => {
    const [one, other] = [ownSubject(), ownSubject()];
    const [star, tail] = [rigOf({ subject: '*.events.job' }), rigOf({ subject: `${one}.>` })];
    await Promise.all([star.connected(), tail.connected()]);
    await publish([
      [`${one}.events.job`, lineOf('a')],
      [`${other}.events.job`, lineOf('b')],
      [`${one}.events.slurm.step`, lineOf('c')],
    ]);
    await Promise.all([star.hasStored(2), tail.hasStored(2)]);
    expect(star.intake.stored).toEqual(['a', 'b']);
    expect(star.intake.options.map(({ subjectCluster }) => subjectCluster)).toEqual([one, other]);
    expect(tail.intake.stored).toEqual(['a', 'c']);
  });

  it('shares the messages of a queue group', async () => {
    const subject = ownSubject();
    const members = [rigOf({ subject, queue: 'stores' }), rigOf({ subject, queue: 'stores' })];
    await Promise.all(members.map((member) => member.connected()));
    await publish(numbered(subject, 200));
    const stored = (): string[] => members.flatMap(({ intake }) => intake.stored);
    await waitUntil(() => stored().length >= 200, { what: '200 messages' });
    expect(stored().sort((one, other) => Number(one) - Number(other))).toEqual(numbers(200));
  });

  it('D35: stores the neighbours of a line that cannot be read, within a message and around it', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject });
    await rig.connected();
    await publish([
      [subject, `${lineOf('first')}job,cluster=alex event= 1\n${lineOf('second')}`],
      [subject, 'job event="without an end'],
      [subject, ''],
      [subject, lineOf('third')],
    ]);
    await rig.hasStored(3);
    expect(rig.intake.stored).toEqual(['first', 'second', 'third']);
    expect(rig.logged('lines.left.out')).toEqual([
      expect.objectContaining({
        receiver: 'bus',
        messages: 1,
        sample: expect.stringContaining('at line 2:'),
      }),
    ]);
    await rig.receiver.stop();
    expect(rig.logged('lines.left.out')[1]).toMatchObject({ messages: 1 });
  });

  it('loses nothing and keeps the order while the storage is away', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject });
    let isAway = true;
    rig.intake.before = () => {
      if (isAway) throw new StorageUnavailable('the database is away');
    };
    await rig.connected();
    await publish(numbered(subject, 1_500));
    await waitUntil(() => rig.intake.calls > 1_000, { what: 'several tries' });
    await publish(numbered(subject, 500, 1_500));
    expect(rig.intake.stored).toEqual([]);
    isAway = false;
    await rig.hasStored(2_000);
    expect(rig.intake.stored).toEqual(numbers(2_000));
    expect(rig.logged('storage.failed')).toEqual([
      expect.objectContaining({ reason: 'the database is away' }),
    ]);
    expect(rig.logged('storage.recovered')).toHaveLength(1);
  });

  it('drops the newest beyond its bound, and says how many', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject, max_pending_bytes: '65536' });
    let isAway = true;
    rig.intake.before = () => {
      if (isAway) throw new StorageUnavailable('the disk is full');
    };
    await rig.connected();
    await publish(numbered(subject, 1_000));
    await waitUntil(() => rig.logged('messages.dropped').length === 1, { what: 'the loss to be told' });
    isAway = false;
    await waitUntil(() => rig.logged('storage.recovered').length === 1, { what: 'the storage' });
    await rig.receiver.stop();
    const kept = rig.intake.stored.length;
    expect(kept).toBeGreaterThan(65_536 / 500);
    expect(kept).toBeLessThan(65_536 / 300);
    expect(rig.intake.stored).toEqual(numbers(kept));
    const dropped = rig.logged('messages.dropped').map(({ messages }) => messages as number);
    expect(dropped.reduce((sum, count) => sum + count)).toBe(1_000 - kept);
    expect(rig.logged('messages.dropped')[0]!.level).toBe(50);
    expect(rig.counted.status).toEqual({ dropped_full: 1_000 - kept });
  });

  it('leaves out a message that the storage refuses, and goes on', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject });
    rig.intake.before = (body) => {
      if (body.includes('poison')) throw new StorageRefused('not for this database');
    };
    await rig.connected();
    await publish([
      [subject, lineOf('one')],
      [subject, lineOf('poison')],
      [subject, lineOf('two')],
    ]);
    await rig.hasStored(2);
    expect(rig.intake.stored).toEqual(['one', 'two']);
    expect(rig.logged('messages.refused')).toEqual([
      expect.objectContaining({ messages: 1, sample: `${subject}: not for this database` }),
    ]);
    expect(rig.counted.errors).toEqual({ receiver_refused: 1 });
  });

  it('stores 50,000 small messages through a slow storage, a bounded number at a time', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject });
    rig.intake.before = () => new Promise((resolve) => setTimeout(resolve, 5));
    await rig.connected();
    await publish(numbered(subject, 50_000));
    await rig.hasStored(50_000);
    expect(rig.intake.stored).toEqual(numbers(50_000));
    expect(rig.intake.mostUnderWay).toBeLessThanOrEqual(500);
    expect(rig.intake.mostUnderWay).toBeGreaterThan(100);
  });

  it('stores at the end what it has taken in', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject });
    let isAway = true;
    rig.intake.before = () => {
      if (isAway) throw new StorageUnavailable('not yet');
    };
    await rig.connected();
    await publish(numbered(subject, 10));
    await waitUntil(() => rig.intake.calls > 0, { what: 'a try' });
    const stopped = rig.receiver.stop();
    isAway = false;
    await stopped;
    expect(rig.intake.stored).toEqual(numbers(10));
    expect(rig.logged('messages.lost')).toEqual([]);
    await publish(numbered(subject, 1));
    expect(rig.intake.stored).toHaveLength(10);
  });

  it('says at the end how many messages are lost, when nothing can be stored nor answered', async () => {
    const subject = ownSubject();
    const rig = rigOf({ subject }, { graceMs: 50 });
    rig.intake.before = () => new Promise(() => undefined);
    await rig.connected();
    await publish(numbered(subject, 7));
    await waitUntil(() => rig.intake.calls > 0, { what: 'one to be under way' });
    await rig.receiver.stop();
    expect(rig.logged('messages.lost')).toEqual([expect.objectContaining({ level: 50, messages: 7 })]);
    expect(rig.counted.errors).toEqual({ receiver_lost: 7 });
  });
});
