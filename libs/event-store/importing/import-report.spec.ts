import { describe, expect, it } from 'vitest';
import { NO_ROWS } from './import-counts.js';
import { ImportProgress, type ImportProgressLine } from './import-progress.js';
import { formatImportReport } from './import-report.js';

const table = { table: 'tc_events', cluster: 'tc', kind: 'event', storedBefore: 0 } as const;

describe('formatImportReport', () => {
  it('says what has become of each row, and only what there is to say', () => {
    const counts = { ...NO_ROWS, read: 10, stored: 7, undated: 2, withoutPayload: 1, pastRetention: 3 };
    const skipped = [{ table: 'an "odd" events', reason: 'it is a view' }];
    const report = { source: 'old.db', isComplete: true, tables: [{ ...table, counts }], skipped };
    expect(formatImportReport(report).split('\n')).toEqual([
      'Imported from old.db: 7 of 10 rows.',
      'tc_events: 7 of 10 rows stored as events of cluster tc.',
      '  3 are older than the retention allows: its next run removes them.',
      '  2 left out: they have no time, or none that can be right (the original took seconds for nanoseconds, or stored the year 1; or it is far ahead).',
      '  1 left out: without an event or a log text.',
      '"an \\"odd\\" events": not imported, it is a view.',
      'Rows that have lost their time can be imported under a given one: see the option for undated rows.',
      '',
    ]);
  });

  it('says when it is not done, why, and that it can go on', () => {
    const counts = { ...NO_ROWS, read: 5, stored: 5 };
    const tables = [{ ...table, counts, storedBefore: 4, problem: 'no such column: rowid' }];
    expect(formatImportReport({ source: 'old.db', isComplete: false, tables, skipped: [] })).toBe(
      [
        'Imported so far from old.db: 5 of 5 rows.',
        'tc_events: 5 of 5 rows stored as events of cluster tc, 4 of them by earlier runs.',
        '  The rest of it could not be read: no such column: rowid',
        'The next run goes on from here: no row is stored twice.',
        '',
      ].join('\n'),
    );
  });

  it('says when there is nothing to import', () => {
    expect(formatImportReport({ source: 'x', isComplete: true, tables: [], skipped: [] })).toContain(
      'There is no table whose name ends in _events or _logs',
    );
  });
});

describe('ImportProgress', () => {
  it('says once a second at most how far it is, and how fast', () => {
    let nowMs = 10_000;
    const lines: ImportProgressLine[] = [];
    const progress = new ImportProgress(
      (line) => lines.push(line),
      () => nowMs,
    );
    progress.expect(1_000, 100);
    progress.expect(500, 0);
    progress.start();
    for (let step = 0; step < 10; step += 1) {
      nowMs += 250;
      progress.advance('tc_events', 50);
    }
    expect(lines).toEqual([
      { table: 'tc_events', rows: 300, total: 1_500, rowsPerSecond: 200 },
      { table: 'tc_events', rows: 500, total: 1_500, rowsPerSecond: 200 },
    ]);
  });
});
