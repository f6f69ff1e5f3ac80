import type { INestApplication } from '@nestjs/common';
import type { Settings } from '../../libs/config/index.js';
import { Metrics, silentLogger } from '../../libs/observability/index.js';
import { createDataSource, Database } from '../../libs/persistence/index.js';
import { Queues } from '../../libs/queues/index.js';
import { createApplication } from './start-hub.js';

/** The hub's application with nothing behind it: it connects to nothing and must not be started. To describe its routes. */
export function createDocumentedHub(settings: Settings): Promise<INestApplication> {
  const url = 'postgres://nobody@127.0.0.1:1/nowhere';
  return createApplication({
    settings,
    logger: silentLogger,
    metrics: new Metrics(),
    database: new Database(createDataSource({ url })),
    queues: new Queues({ databaseUrl: url, logger: silentLogger }),
  });
}
