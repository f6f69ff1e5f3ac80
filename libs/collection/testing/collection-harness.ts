import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { loadSettings, SETTINGS_TOKEN } from '../../config/index.js';
import { CLOCK, newId, systemClock } from '../../domain/index.js';
import { SecretBox } from '../../identity/index.js';
import { LOGGER, Metrics, silentLogger } from '../../observability/index.js';
import { ClusterStore, Database } from '../../persistence/index.js';
import { Queues } from '../../queues/index.js';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import { CollectionModule } from '../collection.module.js';

const SPILLWAY_SECRET_KEY = randomBytes(32).toString('base64');

export interface AddedCluster {
  readonly clusterId: string;
  readonly projectId: string;
  readonly nodeIds: readonly string[];
}

/** The collection on a database and queues of its own, wired as in an app. `environment` changes settings. */
export async function startCollection(environment: NodeJS.ProcessEnv = {}) {
  const testDatabase = await createTestDatabase();
  const beside = await startBeside(testDatabase, environment);
  return {
    ...beside,
    stop: async (): Promise<void> => {
      await beside.stop();
      await testDatabase.close();
    },
  };
}

/** Another one on the same database and queues. `stop` leaves the database. */
export async function startBeside(
  { database, url: databaseUrl }: Pick<TestDatabase, 'database' | 'url'>,
  environment: NodeJS.ProcessEnv = {},
) {
  const settings = loadSettings({ DATABASE_URL: databaseUrl, SPILLWAY_SECRET_KEY, ...environment });
  const queues = new Queues({ databaseUrl, logger: silentLogger });
  await queues.connect();
  const providers = [
    { provide: SETTINGS_TOKEN, useValue: settings },
    { provide: LOGGER, useValue: silentLogger },
    { provide: CLOCK, useValue: systemClock },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Database, useValue: database },
    { provide: Queues, useValue: queues },
  ];

  @Global()
  @Module({ providers, exports: providers.map(({ provide }) => provide) })
  class PlatformStandIn {}

  const app: TestingModule = await Test.createTestingModule({
    imports: [PlatformStandIn, CollectionModule],
  }).compile();
  await app.init();
  await queues.start();
  return {
    app,
    database,
    url: databaseUrl,
    addCluster: (addresses: readonly string[], given: Given = {}) =>
      addCluster(database, app.get(SecretBox, { strict: false }), addresses, given),
    stop: async (): Promise<void> => {
      await app.close();
      await queues.stop();
    },
  };
}

interface Given {
  /** Default false. */
  readonly pollsLogs?: boolean;
  /** Of every node; default 4. */
  readonly cores?: number | null;
}

async function addCluster(
  database: Database,
  secretBox: SecretBox,
  addresses: readonly string[],
  { pollsLogs = false, cores = 4 }: Given,
): Promise<AddedCluster> {
  const now = new Date();
  const [id, projectId] = [newId(), newId()];
  const credentials = secretBox.seal('{"username":"ops","password":"changeit"}', `cluster:${id}`);
  const common = { createdAt: now, updatedAt: now, deletedAt: null };
  const registered = { id, projectId, name: 'orders-db', tls: {}, credentials, ...common };
  const cluster = {
    ...registered,
    detection: {},
    status: 'available',
    provisioning: {},
    pollsLogs,
  } as const;
  const nodes = addresses.map((address, position) => {
    return {
      id: newId(),
      clusterId: id,
      position,
      address,
      cores,
      reportedCores: null,
      memoryBytes: null,
    };
  });
  await database.transaction((tx) => new ClusterStore().insert(tx, { cluster, nodes }));
  return { clusterId: id, projectId, nodeIds: nodes.map((node) => node.id) };
}
