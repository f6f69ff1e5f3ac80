import { lineOf, type SendSettings } from './arguments/send-arguments.js';
import { Server } from './http/server.js';
import { eachLine, wholeText } from './input.js';
import { Publisher } from './nats/publisher.js';
import { Failed, type Terminal } from './terminal.js';

/** Takes lines of line protocol; they are stored (HTTP) or at the server (NATS) when it resolves. */
interface Outlet {
  send(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Sends a payload, or each line of standard input as one. Throws `Failed`. */
export async function runSend(settings: SendSettings, terminal: Terminal): Promise<void> {
  const { payload, envelope } = settings;
  const outlet = outletOf(settings, terminal);
  let sent = 0;
  const send = async (payloads: readonly string[]): Promise<void> => {
    const nowMs = Date.now();
    await outlet.send(payloads.map((text) => lineOf(envelope, text, nowMs)));
    sent += payloads.length;
  };
  try {
    if (payload === 'lines') for await (const lines of eachLine(terminal.input)) await send(lines);
    else await send([payload === 'input' ? await wholeText(terminal.input) : payload.text]);
  } catch (error) {
    if (payload === 'lines' && error instanceof Failed)
      throw new Failed(`${error.message} Of the lines before, ${sent} were sent.`, { cause: error });
    throw error;
  } finally {
    await outlet.close();
  }
}

function outletOf({ connection, cluster }: SendSettings, terminal: Terminal): Outlet {
  if (connection.kind === 'nats') return new Publisher(connection, terminal);
  const server = new Server(connection, terminal);
  return {
    async send(lines) {
      await server.ask({
        path: 'api/write/',
        ...(cluster === undefined ? {} : { parameters: { cluster } }),
        contentType: 'text/plain; charset=utf-8',
        body: lines.join(''),
        doubt: 'It may have been stored all the same, once or more often.',
      });
    },
    close: () => Promise.resolve(),
  };
}
