import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import { StreamHarness } from '../testing/stream-harness.js';
import { SimulatedStream } from '../testing/simulated-stream.js';

let harness: StreamHarness;
let integration: string;
let run = 0;
let cluster: string;

beforeAll(async () => {
  harness = await StreamHarness.start();
});
beforeEach(async () => {
  cluster = `cluster-${(run += 1)}`;
  await harness.retire();
  Object.assign(harness, { line: new SimulatedStream() });
  integration = await harness.addIntegration([cluster]);
});
afterAll(() => harness.stop());

const line = (body: string, node = 'n1'): NewEntry => ({
  timeMs: harness.base.clock.now().getTime(),
  node,
  level: 'info',
  body,
});
const ledger = () => harness.base.ledgers.of(harness.base.projectId, integration);
const cursor = async () => (await harness.cursors(integration))[0]!;

describe('a stream', () => {
  it('numbers its entries without a gap, whoever adds them at once', async () => {
    const bodies = Array.from({ length: 40 }, (_, index) => `l${index}`);
    const writer = [harness.writer, harness.writer];
    await Promise.all(
      bodies.map((body, index) =>
        writer[index % 2]!.append([
          { projectId: harness.base.projectId, source: 'logs', cluster, entries: [line(body), line(body)] },
        ]),
      ),
    );
    expect(await ledger()).toMatchObject({ accepted: 80, inFlight: 80, balanced: true });
    while ((await harness.work()) > 0);
    expect(harness.line.taken.get('n1')).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    expect(await ledger()).toMatchObject({ accepted: 80, delivered: 80, inFlight: 0, balanced: true });
  });

  it('owes an integration what comes in after it was made, and of the clusters that it is for', async () => {
    await harness.append(cluster, [line('before')]);
    const later = await harness.addIntegration([cluster]);
    await harness.append(cluster, [line('after')]);
    await harness.append('elsewhere', [line('elsewhere')]);
    const { base } = harness;
    expect(await base.ledgers.of(base.projectId, later)).toMatchObject({ accepted: 1 });
    expect(await ledger()).toMatchObject({ accepted: 2 });
  });

  it('is refused, and no other with it, when a project would have too many of clusters that nobody registered', async () => {
    const { base } = harness;
    const projectId = 'crowded';
    await base.database.query(
      `INSERT INTO streams (project_id, source, cluster, is_registered)
       SELECT $1, 'logs', 'c' || number, false FROM generate_series(1, 1000) AS number`,
      [projectId],
    );
    const { writer } = harness;
    const append = (name: string) =>
      writer.append([{ projectId, source: 'logs', cluster: name, entries: [line('a')] }]);
    const [known, another] = await Promise.allSettled([append('c1'), append('one-more')]);
    expect(known.status).toBe('fulfilled');
    expect(another).toMatchObject({ reason: { status: 400, fields: { cluster: expect.any(String) } } });
  });

  it('is stored once, whatever those who are told of it make of that', async () => {
    const { writer } = harness;
    writer.onStored(() => {
      throw new Error('nothing that concerns whoever sends');
    });
    const { projectId } = harness.base;
    await writer.append([{ projectId, source: 'logs', cluster, entries: [line('a')] }]);
    expect(await ledger()).toMatchObject({ accepted: 1 });
  });

  it('keeps the text as it came: tabs, line feeds, backslashes', async () => {
    const body = 'a\tb\\n\nc\r\\\\ "ü😀"';
    await harness.append(cluster, [line(body)]);
    const [row] = await harness.base.database.query<{ body: string }>(
      `SELECT body FROM stream_entries JOIN streams ON streams.id = stream_id WHERE cluster = $1`,
      [cluster],
    );
    expect(row!.body).toBe(body);
  });
});
describe('what a sink answers', () => {
  it('settles each entry as it ended: refused ones are found by halving', async () => {
    harness.line.perParcel = 8;
    const bodies = ['a', 'poison', 'b', 'late', 'unwanted', 'c', 'd', 'e'];
    await harness.append(
      cluster,
      bodies.map((body) => line(body)),
    );
    await harness.work();
    expect(await ledger()).toMatchObject({
      accepted: 8,
      delivered: 5,
      rejected: 2,
      suppressed: 1,
      balanced: true,
    });
    expect(harness.line.taken.get('n1')).toEqual([1, 3, 6, 7, 8]);
    const refused = await harness.base.database.query(
      'SELECT seq, body, code FROM rejected_entries WHERE integration_id = $1 ORDER BY seq',
      [integration],
    );
    expect(refused).toEqual([
      { seq: '2', body: 'poison', code: 'poison' },
      { seq: '4', body: 'late', code: 'late' },
    ]);
  });

  it('keeps the order of a lane when its call fails, and lets the others go on', async () => {
    harness.line.answers = ['transient'];
    await harness.append(
      cluster,
      ['a', 'b', 'c', 'd'].flatMap((body) => [line(body, 'n1'), line(body, 'n2')]),
    );
    await harness.work();
    expect(harness.line.taken.get('n1')).toBeUndefined();
    expect(harness.line.taken.get('n2')).toEqual([2, 4, 6, 8]);
    expect(await ledger()).toMatchObject({ delivered: 4, inFlight: 4, balanced: true });
    expect(await cursor()).toMatchObject({ position: 0, failures: 1 });
    harness.base.clock.advance(60_000);
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 3, 5, 7]);
    expect(harness.line.taken.get('n2')).toEqual([2, 4, 6, 8]);
    expect(await cursor()).toMatchObject({ position: 8, ahead: null, failures: 0 });
  });

  it('counts failures in a row: they begin anew when it came on in between', async () => {
    harness.line.perParcel = 1;
    await harness.append(cluster, [line('a'), line('b'), line('c')]);
    for (const [answers, failures] of [
      [['transient'], 1],
      [['transient'], 2],
      [['delivered', 'transient'], 1],
    ] as const) {
      harness.line.answers = [...answers];
      await harness.work();
      expect(await cursor()).toMatchObject({ failures });
      harness.base.clock.advance(60_000);
    }
  });

  it('parks everything while the credential is no good, probes, and goes on when it is mended', async () => {
    harness.line.answers = ['unauthorized'];
    await harness.append(cluster, [line('a'), line('b')]);
    await harness.work();
    expect(await ledger()).toMatchObject({ parked: 2, inFlight: 0, balanced: true });
    expect(await harness.work()).toBe(0);
    expect(await harness.base.integration(integration)).toMatchObject({
      health: 'failing',
      healthCode: 'unauthorized',
    });
    harness.base.clock.advance(61_000);
    await harness.work();
    expect(await ledger()).toMatchObject({ delivered: 2, parked: 0, balanced: true });
    expect(await harness.base.integration(integration)).toMatchObject({ health: 'healthy' });
  });

  it('waits as long as the sink says', async () => {
    harness.line.answers = ['throttled'];
    await harness.append(cluster, [line('a')]);
    await harness.work();
    harness.base.clock.advance(4_999);
    expect(await harness.work()).toBe(0);
    harness.base.clock.advance(1);
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1]);
  });
});
describe('a worker that dies', () => {
  it('costs the call that it was in the middle of, and nothing else', async () => {
    harness.line.answers = ['delivered', 'crash'];
    await harness.append(
      cluster,
      Array.from({ length: 9 }, (_, index) => line(`l${index}`)),
    );
    await harness.work();
    expect(await ledger()).toMatchObject({ delivered: 3, inFlight: 6, balanced: true });
    harness.base.clock.advance(60_000);
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9]);
    expect(await ledger()).toMatchObject({ delivered: 9, balanced: true });
  });
});
describe('a cursor that is moved during a call', () => {
  it('back, by a replay, goes again from there, and what the call delivered is not lost', async () => {
    const { base } = harness;
    const tenant = { organizationId: 'o', projectId: base.projectId };
    await harness.append(
      cluster,
      ['a', 'b', 'c'].map((body) => line(body)),
    );
    const since = base.clock.now();
    await harness.work();
    base.clock.advance(2_000);
    await harness.append(
      cluster,
      ['d', 'e', 'f'].map((body) => line(body)),
    );
    harness.line.meanwhile = () => harness.replay(tenant, integration, { since, dryRun: false });
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3]);
    expect(await ledger()).toMatchObject({ accepted: 9, delivered: 9, balanced: true });
  });

  it('on, because what it was about was forgotten, does not count that twice', async () => {
    await harness.append(
      cluster,
      ['a', 'b', 'c'].map((body) => line(body)),
    );
    harness.line.meanwhile = async () => {
      harness.base.clock.advance(60 * 3_600_000);
      await harness.retention.run();
    };
    await harness.work();
    expect(await ledger()).toMatchObject({ accepted: 3, expired: 3, delivered: 0, balanced: true });
  });

  it('to its end, because the integration was deleted, is left alone', async () => {
    await harness.append(
      cluster,
      ['a', 'b', 'c', 'd'].map((body) => line(body)),
    );
    harness.line.meanwhile = () => harness.retire();
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3]);
    expect(await ledger()).toMatchObject({ accepted: 4, suppressed: 4, balanced: true });
  });

  it('is asked nothing more once the integration is paused', async () => {
    await harness.append(
      cluster,
      ['a', 'b', 'c', 'd'].map((body) => line(body)),
    );
    harness.line.meanwhile = () =>
      harness.base.database.query(`UPDATE integrations SET paused_at = now() WHERE id = $1`, [integration]);
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3]);
    expect(await ledger()).toMatchObject({ delivered: 3, parked: 1, balanced: true });
  });
});
describe('an integration that is for other clusters for a while', () => {
  it('is owed what came before and what comes after, and nothing of the time between', async () => {
    await harness.append(cluster, [line('a'), line('b')]);
    await harness.work();
    await harness.rescope(integration, ['elsewhere']);
    await harness.append(
      cluster,
      ['c', 'd', 'e'].map((body) => line(body)),
    );
    await harness.rescope(integration, [cluster]);
    harness.base.clock.advance(2_000);
    await harness.append(cluster, [line('f')]);
    expect(await ledger()).toMatchObject({ accepted: 3, delivered: 2, inFlight: 1, balanced: true });
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 6]);
    expect(await ledger()).toMatchObject({ accepted: 3, delivered: 3, balanced: true });
  });
});
describe('a clock that steps back', () => {
  it('leaves the order of a stream as it is', async () => {
    await harness.append(cluster, [line('a')]);
    harness.base.clock.advance(-3_600_000);
    await harness.append(cluster, [line('b')]);
    harness.base.clock.advance(3_700_000);
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2]);
    const rows = await harness.base.database.query<{ ms: string }>(
      `SELECT accepted_ms AS ms FROM stream_entries JOIN streams ON streams.id = stream_id WHERE cluster = $1 ORDER BY seq`,
      [cluster],
    );
    expect(Number(rows[1]!.ms)).toBeGreaterThanOrEqual(Number(rows[0]!.ms));
  });
});
describe('a replay', () => {
  it('delivers once more what was accepted since then, and the ledger says so', async () => {
    const { base } = harness;
    await harness.append(cluster, [line('a'), line('b')]);
    base.clock.advance(10_000);
    const since = base.clock.now();
    await harness.append(cluster, [line('c'), line('unwanted')]);
    await harness.work();
    const tenant = { organizationId: 'o', projectId: base.projectId };
    expect(await harness.replay(tenant, integration, { since, dryRun: true })).toMatchObject({
      counts: { send: 2 },
    });
    expect(await harness.work()).toBe(0);
    await harness.replay(tenant, integration, { since, dryRun: false });
    expect(await ledger()).toMatchObject({ accepted: 6, delivered: 3, inFlight: 2, balanced: true });
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3, 3]);
    expect(await ledger()).toMatchObject({ accepted: 6, delivered: 4, suppressed: 2, balanced: true });
  });
});
describe('what is forgotten before it was delivered', () => {
  it('is counted as expired and told once, until the integration has caught up', async () => {
    const { base } = harness;
    harness.line.answers = ['delivered', ...Array.from({ length: 3 }, () => 'transient' as const)];
    await harness.append(
      cluster,
      ['a', 'b', 'c', 'd', 'e'].map((body) => line(body)),
    );
    await harness.work();
    base.clock.advance(60 * 3_600_000);
    await harness.append(cluster, [line('f')]);
    await harness.retention.run();
    expect(await ledger()).toMatchObject({
      accepted: 6,
      delivered: 3,
      expired: 2,
      inFlight: 1,
      balanced: true,
    });
    const told = async (like: string): Promise<number> =>
      (
        await base.database.query(
          `SELECT 1 FROM notifications WHERE title = 'Log lines expired' AND message LIKE $1 AND message LIKE $2`,
          [like, `%${integration}%`],
        )
      ).length;
    const toldAtAll = () => told('%');
    expect(await told('2 log lines%')).toBe(1);
    // Not caught up: a second part that goes is not told again.
    base.clock.advance(60 * 3_600_000);
    await harness.append(cluster, [line('g')]);
    await harness.retention.run();
    expect(await ledger()).toMatchObject({ expired: 3, inFlight: 1, balanced: true });
    expect(await toldAtAll()).toBe(1);
    harness.line.answers = [];
    await harness.work();
    expect(harness.line.taken.get('n1')).toEqual([1, 2, 3, 7]);
    expect(await ledger()).toMatchObject({ delivered: 4, expired: 3, balanced: true });
    // It has caught up: what expires from now on is news.
    harness.line.answers = ['transient'];
    await harness.append(cluster, [line('h')]);
    base.clock.advance(60 * 3_600_000);
    await harness.append(cluster, [line('i')]);
    await harness.retention.run();
    expect(await toldAtAll()).toBe(2);
  });
});
