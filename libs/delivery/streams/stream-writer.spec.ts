import { expect, it } from 'vitest';
import { StreamWriter, type StreamWriterParts } from './stream-writer.js';

const nothing = (): Promise<void> => Promise.resolve();

/** A writer that notes the bodies of each transaction. */
function aWriter() {
  const transactions: string[][] = [];
  const parts = {
    database: {
      transaction: (work: (tx: object) => Promise<unknown>) => {
        transactions.push([]);
        return work({});
      },
    },
    streams: {
      registered: nothing,
      number: () => Promise.resolve({ id: 1, lastSeq: 1, acceptedMs: 1 }),
      owe: nothing,
      ready: () => Promise.resolve([]),
    },
    entries: {
      add: (_tx: object, _place: object, entries: { body: string }[]) => {
        transactions.at(-1)!.push(...entries.map(({ body }) => body));
        return nothing();
      },
    },
    parts: { cover: nothing },
    wakeups: { wake: nothing },
    clock: { now: () => new Date() },
    logger: {},
    metrics: { streamEntriesAccepted: { inc: () => undefined } },
    maxWaitingBytes: 64 * 1_048_576,
  };
  const writer = new StreamWriter(parts as unknown as StreamWriterParts);
  const append = (body: string, also?: () => Promise<void>): Promise<void> => {
    const entry = { timeMs: 1, level: null, node: '', body };
    return writer.append([{ projectId: 'p', source: 'logs', cluster: 'c', entries: [entry] }], also);
  };
  return { append, transactions };
}

it('stores alone what has something of its own to write, and all others together, in the order of each', async () => {
  const { append, transactions } = aWriter();
  const alone = ['2', '4', '5'];
  const bodies = ['1', '2', '3', '4', '5', '6'];
  await Promise.all(bodies.map((body) => append(body, alone.includes(body) ? nothing : undefined)));
  expect(transactions).toEqual([['1', '3', '6'], ['2'], ['4'], ['5']]);
});

it('stores no more in one transaction than 8 MiB, and nothing of it before what came earlier', async () => {
  const { append, transactions } = aWriter();
  const long = 'x'.repeat(5 * 1_048_576);
  await Promise.all([append(`a${long}`), append('b', nothing), append(`c${long}`), append('d'), append('e')]);
  expect(transactions.map((texts) => texts.map((text) => text[0]))).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
});
