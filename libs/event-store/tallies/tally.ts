/** Counts what happens often and tells of it at once, and then no more often than every so many milliseconds. */
export class Tally {
  private count = 0;
  private sample = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly everyMs: number,
    /** Given how many since it was last called, and the last of them. */
    private readonly tell: (count: number, sample: string) => void,
  ) {}

  add(count: number, sample: string): void {
    this.count += count;
    this.sample = sample;
    if (this.timer === undefined) this.say();
  }

  /** Tells of what it has not told of yet. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.count > 0) this.tellAndForget();
  }

  private say(): void {
    if (this.count === 0) {
      this.timer = undefined;
      return;
    }
    this.tellAndForget();
    this.timer = setTimeout(() => this.say(), this.everyMs).unref();
  }

  private tellAndForget(): void {
    const { count, sample } = this;
    this.count = 0;
    this.tell(count, sample);
  }
}
