import type { ReceiverKind } from '../receiver.js';
import { EecptReceiver } from './eecpt-receiver.js';
import { eecptSchema, type EecptSettings } from './eecpt.schema.js';

/**
 * Receives lines by HTTP as the `http` kind does, events and logs among them. Of the metric that applications with the EECPT
 * library send it keeps the last values in memory, and stores an event `region` for a job that came into another phase.
 */
export const eecptReceiver: ReceiverKind<EecptSettings> = {
  type: 'eecpt',
  schema: eecptSchema,
  create: (settings, parts) => new EecptReceiver(settings, parts),
};
