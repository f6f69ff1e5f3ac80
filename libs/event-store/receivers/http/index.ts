import type { ReceiverKind } from '../receiver.js';
import { httpSchema, type ListenerSettings } from './http.schema.js';
import { LineListener } from './line-listener.js';

/**
 * Receives lines by HTTP: POST of a body of line protocol, answered with 200 and nothing when every line of it is stored.
 * Each receiver has a port, a path and credentials of its own.
 */
export const httpReceiver: ReceiverKind<ListenerSettings> = {
  type: 'http',
  schema: httpSchema,
  create: (settings, parts) =>
    new LineListener(settings, parts, (body, cluster) =>
      parts.intake.write(body, { cluster, process: parts.process }),
    ),
};
