import { hasNatsServer, startNats } from './nats-server.js';

export { makeNatsOperator, type NatsOperator } from './nats-operator.js';
export { hasNatsServer, startNats, type NatsOptions, type TestNats } from './nats-server.js';

/** A server for plain subjects, perhaps one that others use, too: tests choose subjects of their own. */
export interface PlainNats {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is a server for plain subjects: that of `TEST_NATS_URL`, or one to be started. */
export const hasPlainNats = (): boolean => Boolean(process.env['TEST_NATS_URL']) || hasNatsServer();

/** The server of `TEST_NATS_URL`, else one of one's own. */
export async function startPlainNats(): Promise<PlainNats> {
  const given = process.env['TEST_NATS_URL'];
  return given ? { url: given, stop: async () => undefined } : startNats();
}
