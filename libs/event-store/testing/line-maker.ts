import { encodePoint } from '../line-protocol/index.js';

/** Words that meet what is hard about line protocol, by `|`. */
const WORDS = [
  'job|a0001|stop_job||x y|k=v|a,b|tab\there|語😀|"|\\\\|\\n|1i|true|0x1|#|{|}|__proto__|1740027951|NaN|-0|1e999',
  '{"a":"}"}|line\nline|line\r\nline|ends\\',
].flatMap((list) => list.split('|'));
const PIECES = [
  ',| |=|\\|"|\n|\r\n|\r|\t|\0|{|}|#|i|u|-|.|\\ |\\,|\\=|\\"|é|1740027951|1740027951000000000|9223372036854775808',
  '{"a":{"b":"}"}}|event="| f=1|t|False|99999999999',
].flatMap((list) => list.split('|'));
const UNFIT = new RegExp(String.raw`[\0-\x1f\x7f]|\\$|^$|^#`);

/** Makes lines by chance, the same ones from the same seed: many in little time, good ones and spoilt ones. */
export class LineMaker {
  constructor(private state: number) {}

  /** One to three lines, of which about half the time something was taken away, added or doubled. */
  text(): string {
    let text = '';
    for (let lines = 1 + this.below(3); lines > 0; lines -= 1) text += this.line();
    for (let changes = this.below(4) - 1; changes > 0; changes -= 1) text = this.changed(text);
    return text;
  }

  private line(): string {
    const tags = Object.fromEntries(
      this.several(4, () => [this.word(), this.below(5) === 0 ? '' : this.word()]),
    );
    const fields = Object.fromEntries([
      ['event', this.value()],
      ...this.several(3, () => [this.word(), this.value()]),
    ]);
    const timeMs = this.below(3) === 0 ? {} : { timeMs: 946_684_800_000 + this.below(800_000_000) * 1_000 };
    return encodePoint({ name: this.word(), tags, fields, ...timeMs });
  }

  private changed(text: string): string {
    const at = this.below(text.length + 1);
    const length = this.below(4);
    return (
      text.slice(0, at) +
      (this.below(4) === 0 ? '' : this.pick(PIECES)) +
      text.slice(at + length)
    ).toWellFormed();
  }

  private value(): string | number | bigint | boolean {
    switch (this.below(4)) {
      case 0:
        return this.below(2) === 0;
      case 1:
        return BigInt(this.below(2 ** 31)) * BigInt(this.below(2 ** 31)) - 9n;
      case 2:
        return (this.below(2 ** 31) - 2 ** 30) / (1 + this.below(1_000));
      default:
        return this.pick(WORDS) + this.pick(WORDS);
    }
  }

  /** One that names, keys and tags may be. */
  private word(): string {
    const word = this.pick(WORDS) + (this.below(4) === 0 ? this.pick(WORDS) : '');
    return UNFIT.test(word) ? 'w' : word;
  }

  private several<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: this.below(most) }, make);
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** Mulberry32. */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}
