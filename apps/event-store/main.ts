#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '../../libs/domain/index.js';
import {
  InvalidConfiguration,
  loadConfiguration,
  type Configuration,
} from '../../libs/event-store/configuration/index.js';
import { isProtected } from '../../libs/event-store/server/index.js';
import { createLogger, type Logger } from '../../libs/observability/logging/index.js';
import { BadArguments, readArguments, type Arguments } from './arguments.js';
import { HELP } from './help.js';
import { importOldRecords } from './import-command.js';
import { nodeProblem } from './node-version.js';
import { receiverCatalog } from './receiver-catalog.js';
import { startEventStore, type RunningEventStore } from './start-event-store.js';

/** A shutdown that takes longer than this is cut short. */
const STOP_PATIENCE_MS = 45_000;
/** One Ctrl-C may arrive several times: from the terminal, and from whoever started us. */
const SAME_CTRL_C_MS = 1_000;

async function main(): Promise<void> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) throw new Error(problem);
  const args = readArguments(process.argv.slice(2));
  if (args.command === 'help') return void process.stdout.write(HELP);
  if (args.command === 'version') return void process.stdout.write(`spillway-event-store ${version()}\n`);
  const logger = createLogger(args.logLevel);
  const configuration = configured(args, logger);
  if (args.command === 'run') return run(configuration, logger);
  if (!(await importOldRecords(args, configuration, logger))) process.exitCode = 1;
}

async function run(configuration: Configuration, logger: Logger): Promise<void> {
  const ending = new AbortController();
  const starting = startUnlessEnded(configuration, logger, ending.signal);
  stopOnSignal(starting, ending, logger);
  const store = await starting;
  if (store === undefined) return;
  if (!isProtected(configuration.api))
    logger.warn({
      event: 'api.unprotected',
      reason:
        'Everybody who reaches the API may write and read: set jwt_public_key in its section to ask for tokens.',
    });
  logger.info({ event: 'event-store.started', url: store.url });
}

/** Undefined when it was ended before it could run. */
async function startUnlessEnded(
  configuration: Configuration,
  logger: Logger,
  signal: AbortSignal,
): Promise<RunningEventStore | undefined> {
  try {
    return await startEventStore(configuration, { logger, clock: systemClock, signal });
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  }
}

function configured(
  { configPath }: Extract<Arguments, { configPath: unknown }>,
  logger: Logger,
): Configuration {
  const configuration = loadConfiguration(configPath, receiverCatalog(logger));
  for (const warning of configuration.warnings)
    logger.warn({ event: 'configuration.warned', reason: warning });
  for (const note of configuration.notes) logger.info({ event: 'configuration.noted', reason: note });
  return configuration;
}

/** From the beginning: one that is ended while it starts would leave what it has opened. */
function stopOnSignal(
  starting: Promise<RunningEventStore | undefined>,
  ending: AbortController,
  logger: Logger,
): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    stoppingSince = performance.now();
    logger.info({ event: 'event-store.stopping', signal });
    setTimeout(() => {
      logger.error({ event: 'event-store.stop.cut', reason: 'What was under way did not end in time.' });
      process.exit(1);
    }, STOP_PATIENCE_MS).unref();
    ending.abort();
    const store = await starting;
    await store?.stop();
    logger.info({ event: 'event-store.stopped' });
    process.exit(0);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSince === undefined) stop(signal).catch(fail);
    else if (performance.now() - stoppingSince > SAME_CTRL_C_MS) process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const warnings = error instanceof InvalidConfiguration ? error.warnings : [];
  const lines = ['The event store cannot run.', message];
  if (warnings.length > 0) lines.push('Beside that:', ...warnings);
  if (error instanceof BadArguments) lines.push('spillway-event-store -help lists the options.');
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

main().catch(fail);
