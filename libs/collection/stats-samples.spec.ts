import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricMatcher } from '../domain/index.js';
import { statsSamples } from './stats-samples.js';
import { UnreadableAnswer } from './unreadable-answer.js';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/eventstore/${name}`, import.meta.url), 'utf8');
const read = (body: string, isWanted: (name: string) => boolean = () => true): string[] =>
  [...statsSamples(body, isWanted)].map(
    ({ name, labels, value, type, origin }) =>
      `${name}{${Object.values(labels).join()}} ${value} ${type} ${origin}`,
  );

describe('an answer to /stats', () => {
  it('has the figures by the names that later servers have', () => {
    const answer = {
      'proc-cpu': 2.5,
      'proc-mem': 100,
      'proc-diskIo-readBytes': 7,
      'proc-diskIo-writeOps': 8,
      'sys-loadavg-1m': 0.5,
      'sys-freeMem': 40,
      'sys-totalMem': 90,
      'sys-drive-/mnt/data-1-totalBytes': 1_000,
      'sys-drive-/mnt/data-1-usedBytes': 400,
      'sys-drive-/mnt/data-1-usage': '40%',
      'es-checksumNonFlushed': 101_017,
      'es-queue-MainQueue-length': 3,
    };
    expect(read(JSON.stringify(answer))).toEqual([
      'proc_cpu{} 2.5 gauge eventstoredb',
      'proc_mem_bytes{working-set} 100 gauge eventstoredb',
      'disk_io_bytes{read} 7 counter eventstoredb',
      'disk_io_operations{written} 8 counter eventstoredb',
      'sys_load_avg{1m} 0.5 gauge host',
      'sys_mem_bytes{free} 40 gauge host',
      'sys_mem_bytes{total} 90 gauge host',
      'sys_disk_bytes{/mnt/data-1,total} 1000 gauge host',
      'sys_disk_bytes{/mnt/data-1,used} 400 gauge host',
      'checkpoints{writer,non-flushed} 101017 gauge eventstoredb',
    ]);
  });

  it.each(['stats-event-ungrouped-docs.json', 'stats-ungrouped-3x-2016.json'])(
    'as recorded (%s) has them, too',
    (name) => {
      const found = read(fixture(name)).map((sample) => sample.split('{')[0]);
      expect(found).toEqual(
        expect.arrayContaining(['proc_mem_bytes', 'sys_mem_bytes', 'sys_disk_bytes', 'checkpoints']),
      );
    },
  );

  it('has none of what is negative, no number, or of a drive that could not be read', () => {
    const answer = {
      'proc-cpu': -1,
      'proc-mem': null,
      'sys-freeMem': '40',
      'sys-drive-Unknown-totalBytes': 0,
      'sys-drive-Unknown-usedBytes': 0,
      toString: 1,
    };
    expect(read(JSON.stringify(answer))).toEqual([]);
  });

  it('gives only what is wanted', () => {
    const answer = JSON.stringify({ 'proc-cpu': 1, 'proc-threadsCount': 40 });
    expect(read(answer, metricMatcher([]))).toEqual(['proc_cpu{} 1 gauge eventstoredb']);
    expect(read(answer, metricMatcher(['proc_thread_count']))).toHaveLength(2);
  });

  it('that is none throws', () => {
    expect(() => read('[]')).toThrow(UnreadableAnswer);
    expect(() => read('<html>')).toThrow(UnreadableAnswer);
  });
});
