/** A hub's stand-in for tests that kill it: holds the data directory given as argument until it is ended. */
import { startEmbeddedPostgres } from './index.js';
import type { Logger } from '../../observability/index.js';

const ignore = (): void => undefined;
const logger = { info: ignore, warn: ignore, error: ignore } as unknown as Logger;

try {
  const postgres = await startEmbeddedPostgres({
    directory: process.argv[2] as string,
    logger,
    durable: false,
  });
  process.once('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));
  setInterval(ignore, 60_000);
  console.log(JSON.stringify({ url: postgres.url }));
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }));
}
