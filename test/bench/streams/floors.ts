import { finished } from 'node:stream/promises';
import {
  CloudWatchLogsClient,
  PutLogEventsCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BENCH_KEY, BENCH_PLACE } from './cloudwatch-process.js';
import { sampleLine } from './lines.js';

const ROWS_PER_COPY = 10_000;
const EVENTS_PER_CALL = 2_500;
const CALLERS = 3;

const perSecond = (count: number, begun: number): number => (count * 1_000) / (performance.now() - begun);

/** Rows a second of a bare `COPY` into the same table, committed like ours. */
export async function measureCopy(databaseUrl: string, lines: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // A stream that nobody reads, far from all others.
    const [part] = (
      await client.query<{ from_ms: string }>(`SELECT max(accepted_ms) AS from_ms FROM stream_entries`)
    ).rows;
    const row = (seq: number): string =>
      `2147483647\t${seq}\t${part!.from_ms}\t${part!.from_ms}\t2\tn1\t${sampleLine(seq).replaceAll('\\', '\\\\')}\n`;
    const batches = Array.from({ length: Math.ceil(lines / ROWS_PER_COPY) }, (_, batch) =>
      Buffer.from(
        Array.from({ length: ROWS_PER_COPY }, (_row, index) => row(batch * ROWS_PER_COPY + index + 1)).join(
          '',
        ),
      ),
    );
    const begun = performance.now();
    for (const batch of batches) {
      const copying = client.query(
        copyFrom('COPY stream_entries (stream_id, seq, accepted_ms, time_ms, level, node, body) FROM STDIN'),
      );
      copying.end(batch);
      await finished(copying);
    }
    return perSecond(batches.length * ROWS_PER_COPY, begun);
  } finally {
    await client.query('DELETE FROM stream_entries WHERE stream_id = 2147483647');
    await client.end();
  }
}

/** Events a second of bare calls of the SDK, three streams side by side, in batches of the size that ours have. */
export async function measureSdk(url: string, lines: number): Promise<number> {
  const client = new CloudWatchLogsClient({
    region: BENCH_PLACE.region,
    endpoint: url,
    credentials: BENCH_KEY,
    maxAttempts: 1,
  });
  const logGroupName = BENCH_PLACE.groupName;
  const text = `{"message":${sampleLine(1)},"cluster":"bench","node":"n1","level":"info","time":"2026-11-28T10:00:00.000Z"}`;
  const streams = Array.from({ length: CALLERS }, (_, index) => `bare-${index}`);
  for (const logStreamName of streams)
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const calls = Math.ceil(lines / EVENTS_PER_CALL / CALLERS);
  const begun = performance.now();
  await Promise.all(
    streams.map(async (logStreamName) => {
      for (let call = 0; call < calls; call += 1) {
        const timestamp = Date.now();
        const logEvents = Array.from({ length: EVENTS_PER_CALL }, () => ({ timestamp, message: text }));
        await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      }
    }),
  );
  const rate = perSecond(calls * CALLERS * EVENTS_PER_CALL, begun);
  client.destroy();
  return rate;
}
