import { systemClock } from '../../libs/domain/index.js';
import { createLogger, type Logger } from '../../libs/observability/logging/index.js';
import { Agent } from './agent.js';
import { BadArguments, readArguments } from './agent-arguments.js';
import { HELP } from './help.js';
import { TEMPO } from './tempo.js';

/** Whatever holds up a stop for longer is left: the place is remembered up to then. */
const STOP_PATIENCE_MS = 15_000;

async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2), process.env);
  if (settings === undefined) return void process.stdout.write(HELP);
  const logger = createLogger(process.env['LOG_LEVEL'] || 'info');
  const agent = await Agent.start({
    settings,
    tempo: TEMPO,
    clock: systemClock,
    logger,
    random: Math.random,
  });
  const { hub, cluster, node, logs } = settings;
  logger.info({ event: 'agent.started', hub: hub.href, cluster, node, logs });
  if (hub.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hub.hostname))
    logger.warn({
      event: 'token.unprotected',
      reason: 'Over http:// the token and the lines can be read on the way',
    });
  stopOnSignal(agent, logger);
  await agent.ended;
}

function stopOnSignal(agent: Agent, logger: Logger): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ event: 'agent.stopping', signal });
    setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
    agent.stop().then(() => {
      logger.info({ event: 'agent.stopped' });
      process.exit(0);
    }, fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const advice = error instanceof BadArguments ? '\nnpm run agent -- --help lists the options.' : '';
  process.stderr.write(`The agent cannot run.\n${message}${advice}\n`);
  process.exit(1);
}

main().catch(fail);
