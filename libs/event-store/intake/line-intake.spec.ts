import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../observability/index.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { LineProtocolError, parseLines } from '../line-protocol/index.js';
import { EventStoreStats } from '../stats/index.js';
import { StorageUnavailable } from '../storage/index.js';
import { FakeBackend } from '../testing/fake-backend.js';
import { LineIntake, RecordWriter } from './index.js';

const NOW = new Date('2026-11-28T10:00:00Z');
const info = { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' };

function intakeOf({ storesLogs = true, awayCalls = 0 } = {}) {
  const backend = new FakeBackend({ isPatient: false, awayCalls });
  const stats = new EventStoreStats();
  const writer = new RecordWriter({ backend, stats, logger: silentLogger, maxWaitingCharacters: 1e9 });
  const clock = new ManualClock(NOW);
  const intake = new LineIntake({ writer, stats, clock, logger: silentLogger, storesLogs });
  const payloads = (): string[] => backend.stored.map(({ cluster, payload }) => `${cluster}:${payload}`);
  return { intake, backend, payloads, view: () => stats.view(info) };
}
const body = (...lines: string[]): Buffer => Buffer.from(lines.join('\n'));

describe('lines that can be answered', () => {
  it('D19: are stored with their time, or with that of their arrival', async () => {
    const { intake, backend } = intakeOf();
    const times = [
      '1740027951',
      '1740027951123',
      '1740027951123456',
      '1740027951123456789',
      '',
      '1',
      '99999999999',
    ];
    await intake.write(body(...times.map((time) => `job event="x" ${time}`)), { cluster: 'tc' });
    expect(backend.stored.map(({ timeMs }) => timeMs)).toEqual([
      1_740_027_951_000,
      1_740_027_951_123,
      1_740_027_951_123,
      1_740_027_951_123,
      NOW.getTime(),
      NOW.getTime(),
      NOW.getTime(),
    ]);
  });

  it('D20: are stored all, or none when one cannot be read', async () => {
    const { intake, payloads, view } = intakeOf();
    const bad = intake.write(body('job event="a"', 'job event=', 'job event="c"'), { cluster: 'tc' });
    await expect(bad).rejects.toThrow(LineProtocolError);
    await expect(bad).rejects.toThrow('at line 2:11: a field has no value');
    expect(payloads()).toEqual([]);
    expect(view().manager.errors).toEqual({ unreadable_lines: 1 });
  });

  it('D8: are of the cluster of the request where they name none, and refused where nobody names one', async () => {
    const { intake, payloads, view } = intakeOf();
    await intake.write(body('job event="a"', 'job,cluster=b event="b"'), { cluster: 'tc' });
    expect(payloads()).toEqual(['tc:a', 'b:b']);
    await expect(intake.write(body('job event="c"'), {})).rejects.toThrow('names no cluster');
    expect(view().backend.errors).toEqual({ write_no_cluster_tag: 1 });
  });

  it('D23: of kinds that are not kept are counted and left out', async () => {
    const { intake, payloads, view } = intakeOf({ storesLogs: false });
    const knob = 'knob,method=GET control="x"';
    await intake.write(body('job event="a"', 'ccb log="l"', 'cpu value=1', knob), { cluster: 'tc' });
    expect(payloads()).toEqual(['tc:a']);
    expect(view()).toMatchObject({
      manager: { status: { processed: 4, dropped_logs: 1, flushed: 1 } },
      backend: { errors: { write_invalid_message_type: 2 } },
    });
  });

  it('are what a receiver makes of them', async () => {
    const { intake, payloads } = intakeOf();
    await intake.write(body('drop event="a"', 'job event="b"', 'job event="c"'), {
      process: (point) => {
        if (point.series.name === 'drop') return undefined;
        return { ...point, series: { name: 'job', tags: new Map([['cluster', 'made']]) } };
      },
    });
    expect(payloads()).toEqual(['made:b', 'made:c']);
  });
});

describe('lines that cannot be answered', () => {
  it('D35: are stored around one that cannot be read or has no cluster', async () => {
    const { intake, payloads, view } = intakeOf();
    const errors = await intake.writeReadable(
      body('job,cluster=a event="1"', 'job event=', 'job event="2"', 'job,cluster=a event="3"'),
      {},
    );
    expect(errors.map(({ line }) => line)).toEqual([2, 3]);
    expect(payloads()).toEqual(['a:1', 'a:3']);
    expect(view()).toMatchObject({
      manager: { errors: { unreadable_lines: 2 } },
      backend: { errors: { write_no_cluster_tag: 1 } },
    });
  });

  it('are counted once, however often their neighbours are tried', async () => {
    const { intake, payloads, view } = intakeOf({ awayCalls: 2 });
    const lines = body('job,cluster=a event="1"', 'job event=');
    for (let tries = 0; tries < 2; tries += 1)
      await expect(intake.writeReadable(lines, {})).rejects.toThrow(StorageUnavailable);
    await intake.writeReadable(lines, {});
    expect(payloads()).toEqual(['a:1']);
    expect(view().manager.errors).toMatchObject({ unreadable_lines: 1 });
  });

  it('are of the cluster that their subject begins with', async () => {
    const { intake, payloads } = intakeOf();
    await intake.writeReadable(body('job event="1"'), { subjectCluster: 'alex' });
    await intake.writeReadable(body('job event="2"'), { subjectCluster: 'alex', cluster: 'set' });
    expect(payloads()).toEqual(['alex:1', 'set:2']);
  });
});

it('D36: leaves out and counts points of ours that have no cluster, and stores the others', async () => {
  const { intake, payloads, view } = intakeOf();
  const points = parseLines(body('region event="a"', 'region,cluster=b event="b"'), { nowMs: NOW.getTime() });
  await intake.writePoints(points, {});
  expect(payloads()).toEqual(['b:b']);
  expect(view().backend.errors).toEqual({ write_no_cluster_tag: 1 });
});
