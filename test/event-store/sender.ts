import { connect } from '@nats-io/transport-node';
import { freePort } from '../../apps/sandbox/hub/index.js';
import { waitUntil, type TestNats } from '../../libs/testing/index.js';
import { Stage, type StageOptions } from './stage.js';

export const TRANSPORTS = ['api', 'http', 'nats'] as const;
export type Transport = (typeof TRANSPORTS)[number];

const WAIT_MS = 20_000;

/** An event store, and one way for lines into it. */
export interface Line {
  readonly stage: Stage;
  /** Resolves when so many lines more are stored. */
  send(lines: string, count?: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens an event store that takes lines of the cluster `tc` by this transport; a server is needed for `nats`. */
export async function openLine(
  transport: Transport,
  options: StageOptions,
  nats: TestNats | undefined,
): Promise<Line> {
  if (transport === 'api') {
    const stage = await Stage.open(options);
    return { stage, send: (lines) => posted(stage.post(lines)), close: () => stage.close() };
  }
  if (transport === 'http') {
    const port = await freePort();
    const web = { type: 'http', address: '127.0.0.1', port: String(port), path: 'lines', cluster: 'tc' };
    const stage = await Stage.open({ ...options, receivers: { web } });
    const url = `http://127.0.0.1:${port}`;
    return {
      stage,
      send: (lines) => posted(stage.post(lines, '/lines', url)),
      close: () => stage.close(),
    };
  }
  return openNatsLine(options, nats!);
}

async function openNatsLine(options: StageOptions, nats: TestNats): Promise<Line> {
  const bus = {
    type: 'nats',
    address: '127.0.0.1',
    port: String(nats.port),
    subject: 'lines',
    cluster: 'tc',
  };
  const stage = await Stage.open({ ...options, receivers: { bus } });
  const connection = await connect({ servers: nats.url });
  const stored = async (): Promise<number> => (await stage.stats()).manager.status['flushed'] ?? 0;
  return {
    stage,
    send: async (lines, count = 1) => {
      const before = await stored();
      connection.publish('lines', lines);
      await waitUntil(async () => (await stored()) >= before + count, {
        timeoutMs: WAIT_MS,
        what: `${count} lines to be stored`,
      });
    },
    close: async () => {
      await connection.close();
      await stage.close();
    },
  };
}

async function posted(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer;
  // cc-lib takes nothing else for success.
  if (status !== 200 || text !== '') throw new Error(`The lines were answered with ${status} ${text}`);
}
