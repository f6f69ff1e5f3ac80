import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClusterObserver, ClustersModule } from '../../libs/clusters/index.js';
import { loadSettings, SETTINGS_TOKEN } from '../../libs/config/index.js';
import { CLOCK } from '../../libs/domain/index.js';
import { IdentityModule } from '../../libs/identity/index.js';
import { IntegrationsModule } from '../../libs/integrations/index.js';
import { LOGGER, Metrics, silentLogger, type Logger } from '../../libs/observability/index.js';
import { Database } from '../../libs/persistence/index.js';
import { Queues } from '../../libs/queues/index.js';
import { configureHttp, createFastifyAdapter, RestModule } from '../../libs/rest/index.js';
import { SourcesModule } from '../../libs/sources/index.js';
import { createTestDatabase, ManualClock } from '../../libs/testing/index.js';

export const BOOTSTRAP_TOKEN = 'bootstrap-token-of-the-tests';

/** Notes which clusters it was told of. */
export class NotingObserver extends ClusterObserver {
  readonly changed: string[] = [];

  override clusterChanged(clusterId: string): Promise<void> {
    this.changed.push(clusterId);
    return Promise.resolve();
  }
}

export interface ApiApp {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly observer: NotingObserver;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

export interface ApiAppOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly controllers?: readonly Type[];
  readonly logger?: Logger;
}

/** The whole API over a database of its own and real queues, without workers and collectors. */
export async function startApiApp({
  environment,
  controllers = [],
  logger = silentLogger,
}: ApiAppOptions = {}): Promise<ApiApp> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'spillway-api-'));
  const { database, url, close: dropDatabase } = await createTestDatabase();
  const queues = new Queues({ databaseUrl: url, logger });
  await queues.connect();
  const settings = loadSettings({
    SPILLWAY_DATA_DIR: dataDirectory,
    SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
    ...environment,
  });
  const clock = new ManualClock();
  const observer = new NotingObserver();
  const platform = platformOf([
    { provide: SETTINGS_TOKEN, useValue: settings },
    { provide: LOGGER, useValue: logger },
    { provide: CLOCK, useValue: clock },
    { provide: Database, useValue: database },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Queues, useValue: queues },
    { provide: ClusterObserver, useValue: observer },
  ]);
  const app = await createApp(platform, controllers);
  const close = async (): Promise<void> => {
    await app.close();
    await queues.stop();
    await dropDatabase();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { app, database, clock, observer, dataDirectory, close };
}

function platformOf(
  providers: { provide: symbol | Type | typeof ClusterObserver; useValue: unknown }[],
): Type {
  class Platform {}
  Module({ providers: providers as Provider[], exports: providers.map(({ provide }) => provide) })(Platform);
  Global()(Platform);
  return Platform;
}

async function createApp(platform: Type, controllers: readonly Type[]): Promise<NestFastifyApplication> {
  class Api {}
  const rooms = [RestModule, IdentityModule, ClustersModule, IntegrationsModule, SourcesModule];
  Module({ imports: [platform, ...rooms], controllers: [...controllers] })(Api);
  const app = await NestFactory.create<NestFastifyApplication>(Api, createFastifyAdapter(), {
    bodyParser: false,
    abortOnError: false,
    logger: ['error', 'fatal'],
  });
  configureHttp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
