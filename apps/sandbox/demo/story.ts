import { formatDuration } from '../../../libs/domain/index.js';

const isColorful = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code: number, text: string): string => (isColorful ? `\u001b[${code}m${text}\u001b[0m` : text);

export const red = (text: string): string => paint(31, text);
export const green = (text: string): string => paint(32, text);
export const dim = (text: string): string => paint(2, text);
export const bold = (text: string): string => paint(1, text);

/** Tells what happens, each line with the time since the story began. */
export class Story {
  private readonly begun = performance.now();

  tell(line: string): void {
    const seconds = ((performance.now() - this.begun) / 1_000).toFixed(1).padStart(6);
    process.stdout.write(`${dim(`${seconds} s`)}  ${line}\n`);
  }

  chapter(title: string): void {
    process.stdout.write(`\n${bold(title)}\n`);
  }

  end(): void {
    process.stdout.write(`\n${dim(`The story took ${formatDuration(performance.now() - this.begun)}.`)}\n`);
  }
}
