import 'reflect-metadata';
import { runProcess } from '../../libs/platform/index.js';
import { startCollector } from './start-collector.js';

runProcess({
  name: 'collector',
  start: startCollector,
  onStarted: (_, settings, logger) =>
    logger.info({ event: 'collector.started', queues: settings.REDIS_URL ? 'Redis' : 'PostgreSQL' }),
});
