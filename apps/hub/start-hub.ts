import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../../libs/config/index.js';
import { Bootstrap, EarlyRefusal } from '../../libs/identity/index.js';
import { FrameworkLogger, type Logger } from '../../libs/observability/index.js';
import { UndoList } from '../../libs/domain/index.js';
import { openPlatform, type Platform } from '../../libs/platform/index.js';
import { configureHttp, createFastifyAdapter, httpOptionsOf } from '../../libs/rest/index.js';
import { HubModule } from './hub.module.js';
import { explainListenFailure } from './listen-failure.js';

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
  const undo = new UndoList();
  const stop = (): Promise<void> => undo.run();
  try {
    const platform = await openPlatform(settings, logger, undo);
    const app = await createApplication(platform);
    undo.push(() => app.close());
    const bootstrap = app.get(Bootstrap);
    await bootstrap.ensureGivenToken();
    await app.init();
    await platform.queues.start();
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
    createFastifyAdapter(httpOptionsOf(platform.settings)),
    {
      bodyParser: false,
      abortOnError: false,
      logger: new FrameworkLogger(platform.logger),
    },
  );
  app.get(EarlyRefusal).install(app.getHttpAdapter().getInstance());
  configureHttp(app);
  return app;
}
