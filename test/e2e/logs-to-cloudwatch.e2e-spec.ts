import { afterEach, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { AwsWorld } from './support/aws-world.js';
import { LandedLines, type LandedBatch } from './support/landed-lines.js';
import { sendLines, type NumberedLines } from './support/numbered-lines.js';
import { peakMemoryBytes } from './support/process-figures.js';

const LINES = Number(process.env['E2E_LOG_LINES'] ?? 1_000_000);
const seed = Number(process.env['E2E_SEED'] ?? Date.now() % 1_000_000);
const CLUSTER = 'orders-db';
const NODES = ['n1', 'n2', 'n3'];
const LINES_PER_BODY = 5_000;
const MAX_HUB_BYTES = 450 * 1_048_576;
const STORY_PATIENCE_MS = 240_000;

const throttled = { __type: 'ThrottlingException', message: 'Rate exceeded' };

let world: AwsWorld<LandedLines>;
afterEach(() => world?.stop());

/** Nodes' shares of the lines, in bodies, as even as it goes. */
function sharesOf(lines: number): NumberedLines[] {
  const bodies = Math.ceil(lines / LINES_PER_BODY);
  return NODES.map((node, index) => ({
    cluster: CLUSTER,
    node,
    bodies: Math.floor((bodies + index) / NODES.length),
    linesPerBody: LINES_PER_BODY,
    startMs: Date.now() - 3_600_000,
  }));
}

/** Calls fail by chance: refused or cut before they had an effect, most of all, and cut or failed after. */
function trouble({ faults }: LandedLines): void {
  const often = { probability: 0.03, times: 6 };
  const seldom = { probability: 0.015, times: 3 };
  faults.sometimes('PutLogEvents', { kind: 'drop' }, { ...often, seed });
  faults.sometimes('PutLogEvents', { kind: 'answer', status: 503 }, { ...often, seed: seed + 1 });
  faults.sometimes('PutLogEvents', { kind: 'drop', landed: true }, { ...seldom, seed: seed + 2 });
  const failed = { kind: 'answer', status: 500, landed: true } as const;
  faults.sometimes('PutLogEvents', failed, { ...seldom, seed: seed + 3 });
}

/**
 * Kills the hub while a call hangs of which AWS has taken all, after another that ended without a verdict. Resolves with the
 * place of the last call before.
 */
async function killInFlight({ aws, hub }: AwsWorld<LandedLines>): Promise<number> {
  aws.faults.next('PutLogEvents', { kind: 'drop', landed: true });
  aws.faults.next('PutLogEvents', { kind: 'hang', landed: true });
  await waitUntil(() => aws.calls.some(({ fault, answer }) => fault === 'hang' && answer), {
    what: 'a call to hang',
    timeoutMs: 30_000,
  });
  await hub.end('SIGKILL');
  return aws.calls.length - 1;
}

/** Of each node the last batch before the kill: nobody may have recorded it. */
const inFlightAt = (batches: readonly LandedBatch[], lastCall: number): LandedBatch[] =>
  NODES.flatMap((node) => batches.findLast((batch) => batch.node === node && batch.call <= lastCall) ?? []);

const numbersOf = (batches: readonly LandedBatch[]): number =>
  batches.reduce((sum, { numbers }) => sum + numbers.length, 0);

/** How often each number came, after a check of the order in which they came first. */
function countedInOrder(batches: readonly LandedBatch[], last: number): Uint8Array {
  const times = new Uint8Array(last + 1);
  let highest = 0;
  for (const { numbers } of batches) {
    for (const number of numbers) {
      times[number]! += 1;
      if (times[number]! > 1) continue;
      if (number !== highest + 1) throw new Error(`${number} came first after ${highest}`);
      highest = number;
    }
  }
  expect(highest).toBe(last);
  return times;
}

/** Sends everything; resolves when all is taken, with the bodies of each node that were sent again after no answer. */
async function sendAll(shares: readonly NumberedLines[]): Promise<number[][]> {
  const token = await world.ingestToken();
  return Promise.all(
    shares.map((share, index) =>
      sendLines(world.hub.url, token, share, { isCompressed: index === 1, after: () => undefined }),
    ),
  );
}

/** What of a node may have come to CloudWatch more than once. */
function repeatable(node: string, doubtful: readonly LandedBatch[], bodies: readonly number[]): Set<number> {
  const numbers = new Set(doubtful.flatMap((batch) => (batch.node === node ? batch.numbers : [])));
  for (const body of bodies)
    for (let line = 1; line <= LINES_PER_BODY; line += 1) numbers.add(body * LINES_PER_BODY + line);
  return numbers;
}

it(
  `carries ${LINES} lines of three nodes to CloudWatch, each stream in order, whatever fails (E2E_SEED=${seed})`,
  async () => {
    world = await AwsWorld.start(new LandedLines(), { LOG_LEVEL: 'warn' });
    const { aws } = world;
    const integration = await world.addLogs();
    trouble(aws);
    const shares = sharesOf(LINES);
    const total = shares.reduce((sum, { bodies }) => sum + bodies * LINES_PER_BODY, 0);
    const sending = sendAll(shares);
    const begun = waitUntil(() => aws.landed >= total / 5, { what: 'a part of it', timeoutMs: 120_000 });
    await Promise.race([sending.then(() => begun), begun]);
    const memory = [await peakMemoryBytes(world.hub.pid!)];
    const lastCall = await killInFlight(world);
    await world.hub.restart();
    aws.faults.next('PutLogEvents', { kind: 'answer', status: 400, body: throttled });
    const sentAgain = await sending;
    const ledger = await world.untilSettled(integration, total, STORY_PATIENCE_MS);
    memory.push(await peakMemoryBytes(world.hub.pid!));

    // What was written twice is there twice, and counts twice: nothing else is accepted, and all of it is delivered.
    const twice = (ledger.accepted - total) / LINES_PER_BODY;
    expect(twice).toBe(Math.round(twice));
    expect(twice).toBeLessThanOrEqual(sentAgain.flat().length);
    expect(ledger).toMatchObject({ delivered: ledger.accepted, inFlight: 0, balanced: true });

    expect(aws.strange).toEqual([]);
    const withoutVerdict = aws.batches.filter((batch) => aws.isDoubtful(batch));
    expect(withoutVerdict.length).toBeGreaterThan(1);
    const doubtful = [...new Set([...withoutVerdict, ...inFlightAt(aws.batches, lastCall)])];
    for (const [index, { node, bodies }] of shares.entries()) {
      const batches = aws.batches.filter((batch) => batch.node === node);
      const times = countedInOrder(batches, bodies * LINES_PER_BODY);
      const mayRepeat = repeatable(node, doubtful, sentAgain[index]!);
      const repeated = [...times.entries()].filter(([number, count]) => count > 1 && !mayRepeat.has(number));
      expect(repeated).toEqual([]);
    }
    // Each entry landed once, and once more for each call without a verdict that had landed.
    expect(aws.landed).toBeLessThanOrEqual(ledger.accepted + numbersOf(doubtful));
    expect(Math.max(...memory)).toBeLessThan(MAX_HUB_BYTES);
  },
  STORY_PATIENCE_MS + 120_000,
);
