import { InvalidSettings, loadSettings, type Settings } from '../config/index.js';
import { createLogger, type Logger } from '../observability/index.js';

/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void>;
}

export interface ProcessDefinition<App extends Running> {
  /** First word of its log events: `hub.stopping`. */
  readonly name: string;
  /** Rejects with a sentence that says what to do, and leaves nothing running then. */
  readonly start: (settings: Settings, logger: Logger) => Promise<App>;
  /** Called when it runs. */
  readonly onStarted?: (app: App, settings: Settings, logger: Logger) => void;
}

/** A shutdown that takes longer than this is cut short; what was not recorded then is found again at the next start. */
const SHUTDOWN_PATIENCE_MS = 45_000;
/** One Ctrl-C may arrive several times: from the terminal, and from npm or whoever else started us. */
const SAME_CTRL_C_MS = 1_000;

/**
 * Runs a process from its settings to its end: exit code 0 after SIGTERM or SIGINT and an orderly end, 1 with a sentence
 * on standard error when it cannot run or does not end in time, 130 at a second Ctrl-C.
 */
export function runProcess<App extends Running>(definition: ProcessDefinition<App>): void {
  run(definition).catch(fail);
}

async function run<App extends Running>({ name, start, onStarted }: ProcessDefinition<App>): Promise<void> {
  // Tenants' calls bear tenants' keys. Should a library look for others all the same, it must not find this machine's.
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const settings = loadSettings();
  const logger = createLogger(settings.LOG_LEVEL);
  const starting = start(settings, logger);
  stopOnSignal(name, starting, logger);
  onStarted?.(await starting, settings, logger);
}

/** From the beginning: a process that is ended while it starts would leave its database running. */
function stopOnSignal(name: string, starting: Promise<Running>, logger: Logger): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    stoppingSince = performance.now();
    logger.info({ event: `${name}.stopping`, signal });
    setTimeout(() => process.exit(1), SHUTDOWN_PATIENCE_MS).unref();
    await (await starting).stop();
    logger.info({ event: `${name}.stopped` });
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
