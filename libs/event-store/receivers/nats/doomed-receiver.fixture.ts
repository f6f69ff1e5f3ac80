import { systemClock } from '../../../domain/index.js';
import { silentLogger } from '../../../observability/logging/index.js';
import { NatsReceiver } from './nats-receiver.js';
import { natsSchema } from './nats.schema.js';

/** A receiver in a process of its own, to be killed: says what it is to store, and stores nothing. */
const receiver = new NatsReceiver(natsSchema.parse(JSON.parse(process.argv[2] ?? '')), {
  name: 'doomed',
  intake: {
    writeReadable: (body) => {
      process.stdout.write(body.toString());
      return new Promise(() => undefined);
    },
    write: () => Promise.reject(new Error('not used')),
    writePoints: () => Promise.reject(new Error('not used')),
  },
  process: undefined,
  logger: silentLogger,
  clock: systemClock,
});
await receiver.start();
