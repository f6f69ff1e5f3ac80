import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClusterObserver, ClustersModule } from '../../libs/clusters/index.js';
import { loadSettings, SETTINGS_TOKEN } from '../../libs/config/index.js';
import { CLOCK } from '../../libs/domain/index.js';
import { PASSWORD_COST } from '../../libs/identity/accounts/password-hashing.js';
import { EventStoreModule } from '../../libs/event-store/index.js';
import { EarlyRefusal, IdentityModule } from '../../libs/identity/index.js';
import { AccountabilityModule } from '../../libs/delivery/index.js';
import { IntegrationsModule } from '../../libs/integrations/index.js';
import { LOGGER, Metrics, silentLogger, type Logger } from '../../libs/observability/index.js';
import { Database } from '../../libs/persistence/index.js';
import { Queues } from '../../libs/queues/index.js';
import {
  configureHttp,
  createFastifyAdapter,
  httpOptionsOf,
  RestModule,
  type HttpOptions,
} from '../../libs/rest/index.js';
import { SourcesModule } from '../../libs/sources/index.js';
import { OTHER_TAIL_BOUNDS, type TailBounds } from '../../libs/sources/logs/tail-bounds.js';
import { createTestDatabase, ManualClock } from '../../libs/testing/index.js';

export const BOOTSTRAP_TOKEN = 'bootstrap-token-of-the-tests';
/** A hundredth of what a hub spends on a password. */
export const CHEAP_PASSWORD_COST = { N: 2 ** 10, r: 8, p: 1 } as const;

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
  /** Whether passwords cost as much as in a hub. */
  readonly hashesAtFullCost?: boolean;
  /** Over what follows from the environment. */
  readonly http?: Partial<HttpOptions>;
  /** Over what live tails have. */
  readonly tails?: Partial<TailBounds>;
}

/** The whole API over a database of its own and real queues, without workers and collectors. */
export async function startApiApp({
  environment,
  controllers = [],
  logger = silentLogger,
  hashesAtFullCost = false,
  http = {},
  tails = {},
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
    { provide: OTHER_TAIL_BOUNDS, useValue: tails },
    ...(hashesAtFullCost ? [] : [{ provide: PASSWORD_COST, useValue: CHEAP_PASSWORD_COST }]),
  ]);
  const discard = async (): Promise<void> => {
    await queues.stop();
    await dropDatabase();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  const options = { ...httpOptionsOf(settings), ...http };
  const app = await createApp(platform, controllers, options).catch(async (error: unknown) => {
    await discard();
    throw error;
  });
  const close = async (): Promise<void> => {
    await app.close();
    await discard();
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

async function createApp(
  platform: Type,
  controllers: readonly Type[],
  http: HttpOptions,
): Promise<NestFastifyApplication> {
  class Api {}
  const rooms = [
    RestModule,
    IdentityModule,
    ClustersModule,
    IntegrationsModule,
    SourcesModule,
    EventStoreModule,
    AccountabilityModule,
  ];
  Module({ imports: [platform, ...rooms], controllers: [...controllers] })(Api);
  const app = await NestFactory.create<NestFastifyApplication>(Api, createFastifyAdapter(http), {
    bodyParser: false,
    abortOnError: false,
    logger: ['error', 'fatal'],
  });
  app.get(EarlyRefusal).install(app.getHttpAdapter().getInstance());
  configureHttp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
