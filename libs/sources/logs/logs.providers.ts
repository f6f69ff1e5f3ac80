import type { FactoryProvider } from '@nestjs/common';
import { StreamIntake } from '../../delivery/index.js';
import { CLOCK, type Clock } from '../../domain/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import { Database, LogHeadStore, LogReadStore, StreamEntryStore } from '../../persistence/index.js';
import { FeedWatch } from './feed-watch.js';
import { LogReader, READ_BOUNDS } from './log-reader.js';
import { LogTails } from './log-tails.js';
import { OTHER_TAIL_BOUNDS, TAIL_BOUNDS, type TailBounds } from './tail-bounds.js';

/** What the API of logs is made of. */
export const LOG_PROVIDERS: FactoryProvider[] = [
  {
    provide: LogReader,
    inject: [Database, CLOCK],
    useFactory: (database: Database, clock: Clock) =>
      new LogReader({
        database,
        heads: new LogHeadStore(),
        store: new LogReadStore(),
        clock,
        bounds: READ_BOUNDS,
      }),
  },
  {
    provide: LogTails,
    inject: [Database, StreamIntake, LOGGER, { token: OTHER_TAIL_BOUNDS, optional: true }],
    useFactory: (
      database: Database,
      intake: StreamIntake,
      logger: Logger,
      other: Partial<TailBounds> | undefined,
    ) => {
      const bounds = { ...TAIL_BOUNDS, ...other };
      const heads = new LogHeadStore();
      const watch = new FeedWatch({ database, heads, entries: new StreamEntryStore(), bounds }, logger);
      return new LogTails({ watch, intake, bounds, logger });
    },
  },
];
