import 'reflect-metadata';
import { InvalidSettings, loadSettings } from '../../libs/config/index.js';
import { createLogger, type Logger } from '../../libs/observability/index.js';
import { greeting } from './greeting.js';
import { startHub, type RunningHub } from './start-hub.js';

/** A shutdown that takes longer than this is cut short; what was not recorded then is found again at the next start. */
const SHUTDOWN_PATIENCE_MS = 45_000;
/** One Ctrl-C may arrive several times: from the terminal, and from npm or whoever else started us. */
const SAME_CTRL_C_MS = 1_000;

async function main(): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.LOG_LEVEL);
  const starting = startHub(settings, logger);
  stopOnSignal(starting, logger);
  process.stdout.write(greeting(settings, await starting));
}

/** From the beginning: a hub that is ended while it starts would leave its database running. */
function stopOnSignal(starting: Promise<RunningHub>, logger: Logger): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    stoppingSince = performance.now();
    logger.info({ event: 'hub.stopping', signal });
    setTimeout(() => process.exit(1), SHUTDOWN_PATIENCE_MS).unref();
    await (await starting).stop();
    logger.info({ event: 'hub.stopped' });
    process.exit(0);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSince === undefined) stop(signal).catch(fail);
    else if (signal === 'SIGINT' && performance.now() - stoppingSince > SAME_CTRL_C_MS) process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function fail(error: unknown): void {
  const isOurs = error instanceof InvalidSettings || process.env['LOG_LEVEL'] !== 'debug';
  const text =
    error instanceof Error ? ((isOurs ? error.message : error.stack) ?? error.message) : String(error);
  process.stderr.write(`\nSpillway cannot run.\n${text}\n`);
  process.exit(1);
}

main().catch(fail);
