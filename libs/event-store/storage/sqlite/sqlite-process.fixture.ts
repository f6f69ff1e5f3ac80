/**
 * An event store's stand-in for tests that kill it: eight writers store batches in the file given as argument, and each
 * prints the number of a batch once it is stored.
 */
import { systemClock } from '../../../domain/index.js';
import { silentLogger } from '../../../observability/logging/index.js';
import { anEventRecord } from '../../testing/event-records.js';
import { openSqliteBackend } from './index.js';

const [, , path = '', name = ''] = process.argv;
try {
  const settings = { type: 'sqlite', path, flags: [] } as const;
  const backend = await openSqliteBackend(settings, { logger: silentLogger, clock: systemClock });
  for (let writer = 0; writer < 8; writer += 1) void write(writer);
  async function write(writer: number): Promise<void> {
    for (let number = 0; ; number += 1) {
      const payload = `${name}/${writer}/${number}`;
      await backend.store(
        Array.from({ length: 20 }, (_, index) => anEventRecord({ payload: `${payload}/${index}` })),
      );
      process.stdout.write(`${payload}\n`);
    }
  }
} catch (error) {
  process.stdout.write(`refused: ${(error as Error).message}\n`);
}
