#!/usr/bin/env node
import { runClient } from './client.js';

const ending = new AbortController();
const stop = (): void => {
  ending.abort();
  // It may be what is waited for.
  process.stdin.destroy();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
// Who reads only the beginning (`| head`) has had enough.
process.stdout.on('error', () => process.exit());

const write = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(text, () => resolve()));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await runClient(process.argv.slice(2), process.env, {
  input: process.stdin,
  write,
  say,
  signal: ending.signal,
});
// An input that nobody writes to any more must not keep it alive.
process.exit();
