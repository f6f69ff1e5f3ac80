import type { Series } from './point.js';
import { readSeries } from './read-series.js';

/** So many beginnings of lines are remembered, and no more than so many characters of them. */
const MAX_SERIES = 10_000;
const MAX_CHARACTERS = 2 * 1_048_576;

/**
 * The beginnings of lines that were read last, in this process: senders write the same ones over and over. What is remembered
 * says nothing that the text does not say, whoever sent it first.
 */
class KnownSeries {
  private readonly series = new Map<string, Series>();
  private characters = 0;

  get(head: string): Series | undefined {
    return this.series.get(head);
  }

  /** Reads one that is not known. Throws `Unreadable`; `offset` is where it begins. */
  remember(head: string, offset: number): Series {
    // A copy: a part of the text would keep all of it in memory.
    const copy = Buffer.from(head).toString();
    const series = readSeries(copy, offset);
    if (this.series.size === MAX_SERIES || this.characters + copy.length > MAX_CHARACTERS) this.forget();
    this.series.set(copy, series);
    this.characters += copy.length;
    return series;
  }

  private forget(): void {
    this.series.clear();
    this.characters = 0;
  }
}

export const knownSeries = new KnownSeries();
