import 'reflect-metadata';
import { InvalidSettings, loadSettings } from '../../libs/config/index.js';
import { createLogger } from '../../libs/observability/index.js';
import { greeting } from './greeting.js';
import { startHub } from './start-hub.js';

/** A shutdown that takes longer than this is cut short; what was not recorded then is found again at the next start. */
const SHUTDOWN_PATIENCE_MS = 45_000;

async function main(): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.LOG_LEVEL);
  const hub = await startHub(settings, logger);
  process.stdout.write(greeting(settings, hub));
  let stopping = false;
  const shutDown = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130);
    stopping = true;
    logger.info({ event: 'hub.stopping', signal });
    setTimeout(() => process.exit(1), SHUTDOWN_PATIENCE_MS).unref();
    hub.stop().then(
      () => {
        logger.info({ event: 'hub.stopped' });
        process.exit(0);
      },
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', shutDown);
  process.on('SIGTERM', shutDown);
}

function fail(error: unknown): void {
  const isOurs = error instanceof InvalidSettings || process.env['LOG_LEVEL'] !== 'debug';
  const text =
    error instanceof Error ? ((isOurs ? error.message : error.stack) ?? error.message) : String(error);
  process.stderr.write(`\nSpillway cannot run.\n${text}\n`);
  process.exit(1);
}

main().catch(fail);
