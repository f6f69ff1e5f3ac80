import { NestFactory } from '@nestjs/core';
import { InvalidSettings, type Settings } from '../../libs/config/index.js';
import { FrameworkLogger, type Logger } from '../../libs/observability/index.js';
import { UndoList } from '../../libs/domain/index.js';
import { openPlatform, type Running } from '../../libs/platform/index.js';
import { CollectorModule } from './collector.module.js';

/**
 * Starts a collector beside a hub: database, queues, schedules, and at last the polls. It listens nowhere.
 * Throws with a sentence that says what to do when something is in the way; nothing is left running then.
 */
export async function startCollector(settings: Settings, logger: Logger): Promise<Running> {
  requireSharedDatabase(settings);
  const undo = new UndoList();
  try {
    const platform = await openPlatform(settings, logger, undo);
    const app = await NestFactory.createApplicationContext(CollectorModule.of(platform), {
      abortOnError: false,
      logger: new FrameworkLogger(logger),
    });
    undo.push(() => app.close());
    await platform.queues.start();
    return { stop: () => undo.run() };
  } catch (error) {
    await undo
      .run()
      .catch((failure: unknown) => logger.warn({ event: 'collector.stop.failed', error: String(failure) }));
    throw error;
  }
}

/** An embedded database is its hub's alone. */
function requireSharedDatabase({ DATABASE_URL, SPILLWAY_SECRET_KEY }: Settings): void {
  const problems = [
    ...(DATABASE_URL === undefined
      ? ['DATABASE_URL is needed by a collector: the PostgreSQL that the hub works on, too']
      : []),
    ...(SPILLWAY_SECRET_KEY === undefined
      ? [
          "SPILLWAY_SECRET_KEY is needed by a collector: the hub's, or it cannot read the clusters' credentials",
        ]
      : []),
  ];
  if (problems.length > 0) throw new InvalidSettings(problems);
}
