import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../../libs/config/index.js';
import { Bootstrap } from '../../libs/identity/index.js';
import { Metrics, type Logger } from '../../libs/observability/index.js';
import { Queues } from '../../libs/queues/index.js';
import { configureHttp, createFastifyAdapter } from '../../libs/rest/index.js';
import { openDatabase } from './database.js';
import { HubModule } from './hub.module.js';
import { explainListenFailure } from './listen-failure.js';
import type { Platform } from './platform.module.js';

/** A hub that runs. */
export interface RunningHub {
  /** Where its API is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The first admin's refresh token, when one was made at this start; it is not to be had again. */
  readonly firstToken: string | undefined;
  /** Takes nothing in any more, waits for running jobs, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts a hub: database, queues, application, workers, and at last the API.
 * Throws with a sentence that says what to do when something is in the way; nothing is left running then.
 */
export async function startHub(settings: Settings, logger: Logger): Promise<RunningHub> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    // One step that fails must not keep the others from being done: a database would be left running.
    for (const step of undo.splice(0).toReversed())
      await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const opened = await openDatabase(settings, logger);
    undo.push(() => opened.stop());
    const queues = new Queues({ databaseUrl: opened.url, redisUrl: settings.REDIS_URL, logger });
    await queues.connect();
    undo.push(() => queues.stop());
    const metrics = new Metrics();
    metrics.collectProcess();
    const app = await createApplication({ settings, logger, metrics, database: opened.database, queues });
    undo.push(() => app.close());
    const bootstrap = app.get(Bootstrap);
    await bootstrap.ensureGivenToken();
    await app.init();
    await queues.start();
    await app.listen(settings.PORT, settings.HOST).catch((error: unknown) => {
      throw explainListenFailure(error, settings);
    });
    return { url: await app.getUrl(), firstToken: await bootstrap.makeFirstToken(), stop };
  } catch (error) {
    await stop().catch((failure: unknown) =>
      logger.warn({ event: 'hub.stop.failed', error: String(failure) }),
    );
    throw error;
  }
}

/** The application with all its modules, not yet initialised. */
export async function createApplication(platform: Platform): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    HubModule.of(platform),
    createFastifyAdapter(),
    {
      bodyParser: false,
      abortOnError: false,
      logger: ['error', 'fatal'],
    },
  );
  configureHttp(app);
  return app;
}
