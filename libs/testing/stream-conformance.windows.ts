import { expect } from 'vitest';
import type { NewEntry } from '../domain/index.js';
import type { Packing, Parcel, SinkReply, StreamLine, Window } from '../sinks/index.js';

/** What is all of a registered cluster's stream, numbered from 1. */
export function windowOf(
  entries: readonly NewEntry[],
  now: Date,
  change: Partial<Omit<Window, 'entries'>> = {},
): Window {
  return {
    place: { clusterId: 'd3v1kq0000000000000c', clusterName: 'orders-db' },
    entries: entries.map((entry, index) => ({ ...entry, seq: index + 1 })),
    memory: {},
    now,
    isAll: true,
    ...change,
  };
}

/** How many items the parcel has. */
export const sizeOf = ({ items, seqs }: Parcel): number => items?.length ?? seqs.length;

const ascending = (seqs: readonly number[]): number[] => seqs.toSorted((one, other) => one - other);

/** Every entry of the window is in one parcel or settled, once; or it waits, and it is said until when. */
export function expectAccounted({ parcels, settled, waitUntil }: Packing, { entries }: Window): void {
  const seqs = ascending([...parcels, ...settled].flatMap((part) => part.seqs));
  expect(new Set(seqs).size, 'no entry is dealt with twice').toBe(seqs.length);
  const known = new Set(entries.map(({ seq }) => seq));
  for (const seq of seqs) expect(known).toContain(seq);
  if (waitUntil === undefined) expect(seqs).toEqual(ascending([...known]));
  for (const { end, failure } of settled) if (end === 'rejected') expectFailure(failure);
}

function expectFailure(failure: { readonly code: string; readonly reason: string } | undefined): void {
  expect(failure?.code).toMatch(/^\w+$/);
  expect(failure?.reason).toMatch(/^[A-Z].{15,}\.$/);
}

/** What a parcel says of itself is true, and it holds plain data. */
export function expectSound(parcel: Parcel, { entries }: Window): void {
  expect(sizeOf(parcel)).toBeGreaterThan(0);
  const times = new Map(entries.map(({ seq, timeMs }) => [seq, timeMs]));
  expect(parcel.newestMs).toBe(Math.max(...parcel.seqs.map((seq) => times.get(seq)!)));
  if (parcel.items) expect(ascending(parcel.items.flat())).toEqual(ascending(parcel.seqs));
  expect(structuredClone(parcel)).toEqual(parcel);
}

/** Of each lane, a later parcel holds nothing that comes before what an earlier one holds. */
export function expectOrdered(parcels: readonly Parcel[]): void {
  const last = new Map<string, number>();
  for (const { lane, seqs } of parcels) {
    expect(Math.min(...seqs)).toBeGreaterThan(last.get(lane) ?? 0);
    last.set(lane, Math.max(...seqs));
  }
}

/** Sends all of them, one after the other; fails the test unless every one is delivered. */
export async function sendAll(line: StreamLine, parcels: readonly Parcel[]): Promise<SinkReply[]> {
  const replies: SinkReply[] = [];
  for (const parcel of parcels) {
    const reply = await line.send(parcel, { signal: new AbortController().signal });
    expect(reply.outcome).toMatchObject({ kind: 'delivered' });
    replies.push(reply);
  }
  return replies;
}

/** Every parcel that one is split into, down to single items. */
export function splitWhole(line: StreamLine, parcel: Parcel): Parcel[] {
  if (sizeOf(parcel) === 1) return [parcel];
  const halves = line.split(parcel);
  expect(ascending(halves.flatMap(({ seqs }) => seqs))).toEqual(ascending(parcel.seqs));
  expect(halves.map(sizeOf).reduce((sum, size) => sum + size)).toBe(sizeOf(parcel));
  for (const half of halves) {
    expect(sizeOf(half)).toBeGreaterThan(0);
    expect(half.lane).toBe(parcel.lane);
  }
  return halves.flatMap((half) => splitWhole(line, half));
}
