/** The command line cannot be understood; the message is a sentence. */
export class BadArguments extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadArguments';
  }
}

/** How many words follow each flag that there is; a flag of none is a switch. */
export type FlagWords = Readonly<Record<string, number>>;

export interface Flags {
  /** Words that follow a flag, with a blank between them; `true` or `false` of a switch. The last of several counts. */
  readonly values: ReadonlyMap<string, string>;
  /** What comes after the flags. */
  readonly rest: readonly string[];
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/**
 * Reads flags as Go's `flag` package does: one dash or two, the value behind `=` or as the next word, and none of them
 * after the first word that is no flag, or after `--`. Throws `BadArguments`.
 */
export function parseGoFlags(args: readonly string[], known: FlagWords): Flags {
  const values = new Map<string, string>();
  const rest = [...args];
  while (rest[0]?.startsWith('-') === true && rest[0] !== '-') {
    const argument = rest.shift()!;
    if (argument === '--') break;
    const [, name = '', , first] = /^--?([^-=][^=]*)(=(.*))?$/s.exec(argument) ?? [];
    const words = Object.hasOwn(known, name) ? known[name]! : undefined;
    if (words === undefined) throw new BadArguments(`There is no option ${argument.replace(/=.*/s, '')}.`);
    values.set(name, words === 0 ? switched(name, first) : valueOf(name, first, words, rest));
  }
  return { values, rest };
}

function switched(name: string, text: string | undefined): string {
  if (text === undefined || TRUE.includes(text)) return 'true';
  if (FALSE.includes(text)) return 'false';
  throw new BadArguments(`The option -${name} is a switch: it takes true or false.`);
}

function valueOf(name: string, first: string | undefined, words: number, rest: string[]): string {
  const value = first === undefined ? [] : [first];
  value.push(...rest.splice(0, words - value.length));
  if (value.length < words) throw new BadArguments(`The option -${name} needs a value.`);
  return value.join(' ');
}
