import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../domain/index.js';
import { silentLogger } from '../../../observability/index.js';
import { describeBackend } from '../../testing/backend-suite.js';
import { openSqliteBackend } from './index.js';

describeBackend('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sqlite-backend-'));
  const open = () =>
    openSqliteBackend(
      { type: 'sqlite', path: directory, flags: [] },
      { logger: silentLogger, clock: systemClock },
    );
  let backend = await open();
  return {
    backend,
    reopen: async () => {
      await backend.close();
      return (backend = await open());
    },
    close: async () => {
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
});
