import { expect, vi } from 'vitest';
import type { Outcome, OutcomeKind, Receipt, RemoteRef } from '../domain/index.js';
import { MAX_ANSWER_CHARS, type Sink, type SinkCall, type SinkReply } from '../sinks/index.js';
import type { AnswerRow, SinkRig } from './sink-conformance.rig.js';

let deliveries = 0;

/** A call that nobody aborts, of a delivery of its own, changed as given. */
export function sampleCall(change: Partial<SinkCall> = {}): SinkCall {
  deliveries += 1;
  return {
    deliveryId: `delivery-${deliveries}`,
    possibleDuplicate: false,
    signal: new AbortController().signal,
    ...change,
  };
}

/** What a call to this sink came to in the end: a reply with a receipt is followed to its verdict. */
export async function settled(sink: Sink, replying: Promise<SinkReply>): Promise<SinkReply> {
  let reply = await replying;
  for (let asked = 0; asked < 100; asked += 1) {
    const receipt = receiptOf(reply);
    if (!receipt) return reply;
    expect(sink.confirm, 'who gives receipts can be asked for verdicts').toBeTypeOf('function');
    reply = await sink.confirm!(receipt, sampleCall());
  }
  throw new Error(`There is no verdict on ${JSON.stringify(reply.outcome)}`);
}

/** The receipt in a reply that has one. */
export const receiptOf = ({ outcome }: SinkReply): Receipt | undefined =>
  outcome.kind === 'ambiguous' ? outcome.receipt : undefined;

/** The reference of a delivered reply; fails the test for any other. */
export function refOf(reply: SinkReply): RemoteRef {
  expect(reply.outcome).toMatchObject({ kind: 'delivered' });
  return (reply.outcome as Outcome & { kind: 'delivered' }).ref;
}

/** Fails the test when a secret of the rig's is anywhere in it. */
export function expectNoSecret(result: unknown, { secrets }: SinkRig): void {
  const text = `${JSON.stringify(result)} ${String(result)}`;
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
}

/** The reply ends so, as its row says, and nothing in it is secret or says nothing. */
export function expectReply<Rig extends SinkRig>(
  reply: SinkReply,
  kind: OutcomeKind,
  rig: Rig,
  row?: AnswerRow<Rig>,
): void {
  expect(reply.outcome, row?.name).toMatchObject({ kind });
  expectNoSecret(reply, rig);
  if (reply.outcome.kind === 'throttled' && row?.waitMs !== undefined)
    expect(reply.outcome.waitMs).toBe(row.waitMs);
  if ('reason' in reply.outcome) expect(reply.outcome.reason).toMatch(/^[A-Z].{15,}\.$/);
  expect(reply.answer?.length ?? 0).toBeLessThanOrEqual(MAX_ANSWER_CHARS);
  for (const shape of Object.values(reply.requestShape?.members ?? {}))
    expect(shape).toMatch(/^((text|list|object)\(\d+\)|number|true|false|null)$/);
}

/** Everything written to the console and to both output streams from now on. */
export function captureOutput(): () => string {
  const lines: string[] = [];
  const keep = (...parts: unknown[]): true => {
    lines.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(keep);
  for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(keep);
  return () => lines.join('\n');
}
