import { describe, expect, it } from 'vitest';
import { readFlags } from './sqlite-flags.js';

describe('readFlags', () => {
  it.each(['_timeout=1500', '_busy_timeout=1500'])('takes %s for how long to wait', (flag) => {
    expect(readFlags([flag])).toEqual({ busyTimeoutMs: 1_500, pragmas: [], warnings: [] });
  });

  it.each([
    ['_sync=2', 'synchronous=FULL'],
    ['_synchronous=EXTRA', 'synchronous=EXTRA'],
    ['_cache_size=-20000', 'cache_size=-20000'],
    ['_secure_delete=FAST', 'secure_delete=fast'],
  ])('follows %s', (flag, pragma) => {
    expect(readFlags([flag])).toEqual({ busyTimeoutMs: 5_000, pragmas: [pragma], warnings: [] });
  });

  it.each(['_journal=WAL', '_journal_mode=wal'])('has nothing to do for %s', (flag) => {
    expect(readFlags([flag])).toEqual({ busyTimeoutMs: 5_000, pragmas: [], warnings: [] });
  });

  it.each([
    '_journal=DELETE',
    '_sync=OFF',
    '_sync=NORMAL',
    '_synchronous=constructor',
    '_timeout=soon',
    '_timeout=-1',
    '_timeout=999999999',
    '_cache_size=1; DROP TABLE event_store_events',
    '_secure_delete=maybe',
    '_fk=1',
    'cache=shared',
    'mode=ro',
    '__proto__=1',
    'constructor',
    '',
  ])('warns of %j and does without it', (flag) => {
    const { warnings, ...settings } = readFlags([flag]);
    expect(settings).toEqual({ busyTimeoutMs: 5_000, pragmas: [] });
    expect(warnings).toEqual([expect.stringMatching(/is not followed: .+\.$/)]);
  });
});
