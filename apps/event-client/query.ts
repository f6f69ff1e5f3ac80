import type { QuerySettings } from './arguments/query-arguments.js';
import { QueryClient } from './http/query-client.js';
import { Printer } from './output/printer.js';
import type { Terminal } from './terminal.js';

/** Prints what was stored in a span of time, all of it or as much as is wanted. Throws `Failed`. */
export async function runQuery(settings: QuerySettings, terminal: Terminal): Promise<void> {
  const { connection, filter, fromMs, toMs, limit, isJson } = settings;
  const printer = new Printer(terminal, isJson);
  const span = { from: Math.floor(fromMs / 1_000), to: Math.floor(toMs / 1_000) };
  let found = 0;
  for await (const page of new QueryClient(connection, terminal).pages(filter, span, limit)) {
    await printer.print(page);
    found += page.length;
    terminal.signal.throwIfAborted();
  }
  if (found === 0) terminal.say(`There is no ${filter.kind} of this kind.`);
}
