import type { Settings } from '../config/index.js';
import { Metrics, type Logger } from '../observability/index.js';
import { Queues } from '../queues/index.js';
import { openDatabase } from './database.js';
import type { Platform } from './platform.module.js';
import type { UndoList } from '../domain/index.js';

/**
 * Opens the database (and brings its schema up to date) and connects the queues; no worker runs yet. What is to be ended
 * later goes into `undo`, also when it throws, which it does with a sentence that says what to do.
 */
export async function openPlatform(settings: Settings, logger: Logger, undo: UndoList): Promise<Platform> {
  const opened = await openDatabase(settings, logger);
  undo.push(() => opened.stop());
  const queues = new Queues({ databaseUrl: opened.url, redisUrl: settings.REDIS_URL, logger });
  await queues.connect();
  undo.push(() => queues.stop());
  const metrics = new Metrics();
  metrics.collectProcess();
  return { settings, logger, metrics, database: opened.database, queues };
}
