import type { Outcome } from '../../domain/index.js';
import type { Packing, Parcel, SinkReply, StreamLine, Window } from '../../sinks/index.js';

/** What the next call of a lane meets; `crash`: it lands, and the worker dies before it can record that. */
export type SimulatedAnswer = Outcome['kind'] | 'crash' | 'lost';

/** The worker died in the middle of it. */
export class Crashed extends Error {}

interface Sent extends Parcel {
  readonly texts: readonly string[];
}

/** A sink that takes lines of each node in parcels of so many, refuses those that say so, and remembers all it took. */
export class SimulatedStream implements StreamLine<Sent> {
  /** By node, in the order in which they were taken. */
  readonly taken = new Map<string, number[]>();
  /** Numbers in a call that landed and was not recorded, or had no verdict. */
  readonly doubtful = new Set<number>();
  answers: SimulatedAnswer[] = [];
  perParcel = 3;
  /** What happens during the next call, after it has landed. */
  meanwhile: (() => Promise<unknown>) | undefined;

  pack({ entries }: Window): Packing<Sent> {
    const wanted = entries.filter(({ body }) => !body.startsWith('unwanted'));
    const parcels: Sent[] = [];
    for (const [lane, all] of Map.groupBy(wanted, ({ node }) => node)) {
      for (let start = 0; start < all.length; start += this.perParcel) {
        const part = all.slice(start, start + this.perParcel);
        parcels.push({
          lane,
          seqs: part.map(({ seq }) => seq),
          texts: part.map(({ body }) => body),
          newestMs: Math.max(...part.map(({ timeMs }) => timeMs)),
        });
      }
    }
    const unwanted = entries.filter(({ body }) => body.startsWith('unwanted')).map(({ seq }) => seq);
    return { parcels, settled: unwanted.length === 0 ? [] : [{ seqs: unwanted, end: 'suppressed' }] };
  }

  async send(parcel: Sent): Promise<SinkReply> {
    const answer = this.answers.shift() ?? 'delivered';
    const fault = { code: answer, reason: 'As the history has it.' };
    switch (answer) {
      case 'crash':
        this.take(parcel, parcel.seqs);
        for (const seq of parcel.seqs) this.doubtful.add(seq);
        throw new Crashed();
      case 'ambiguous':
        for (const seq of parcel.seqs) this.doubtful.add(seq);
        this.take(parcel, parcel.seqs);
        return { outcome: { kind: 'ambiguous', ...fault } };
      case 'lost':
        return { outcome: { kind: 'ambiguous', ...fault } };
      case 'throttled':
        return { outcome: { kind: 'throttled', waitMs: 5_000, ...fault } };
      case 'gone':
        return { outcome: { kind: 'gone', what: 'destination', ...fault } };
      case 'transient':
      case 'unauthorized':
        return { outcome: { kind: answer, ...fault } };
      default: {
        const reply = this.judge(parcel);
        const { meanwhile } = this;
        this.meanwhile = undefined;
        await meanwhile?.();
        return reply;
      }
    }
  }

  split(parcel: Sent): readonly [Sent, Sent] {
    const half = Math.ceil(parcel.seqs.length / 2);
    const part = (from: number, to?: number): Sent => ({
      ...parcel,
      seqs: parcel.seqs.slice(from, to),
      texts: parcel.texts.slice(from, to),
    });
    return [part(0, half), part(half)];
  }

  test(): Promise<{ ok: boolean; findings: string[] }> {
    return Promise.resolve({ ok: true, findings: [] });
  }

  close(): void {
    // It holds nothing open.
  }

  /** One that is refused poisons its whole call; one that is late is refused alone. */
  private judge(parcel: Sent): SinkReply {
    if (parcel.texts.some((text) => text.startsWith('poison')))
      return { outcome: { kind: 'rejected', code: 'poison', reason: 'One of them is refused.' } };
    const late = parcel.texts.flatMap((text, index) => (text.startsWith('late') ? [index] : []));
    const failure = { code: 'late', reason: 'It is too old.' };
    this.take(
      parcel,
      parcel.seqs.filter((_, index) => !late.includes(index)),
    );
    if (late.length === 0) return { outcome: { kind: 'delivered', ref: {} } };
    return { outcome: { kind: 'partial', rejected: late.map((index) => ({ index, ...failure })) } };
  }

  private take({ lane }: Sent, seqs: readonly number[]): void {
    this.taken.set(lane, [...(this.taken.get(lane) ?? []), ...seqs]);
  }
}
