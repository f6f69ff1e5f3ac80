import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const RANDOM_CHARACTERS = 12;
/** So much of a secret may be shown at its end. */
const SHOWN_CHARACTERS = 4;

/** A place where a mark was found, and in which form. */
export interface Leak {
  readonly mark: string;
  readonly form: string;
  readonly where: string;
}

/** Secrets that can be recognised wherever they turn up: as they are, in base64, hex, or URL-encoded. */
export class PlantedMarks {
  readonly #needles: { readonly name: string; readonly form: string; readonly needle: string }[] = [];

  /** A new secret of capitals and digits, so that it fits wherever letters do. */
  plant(name: string, prefix = ''): string {
    const random = [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]);
    const mark = `PLANTED${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}${random.join('')}`;
    this.learn(name, mark);
    return prefix + mark;
  }

  /** A secret that the hub made, and has just shown. */
  learn(name: string, secret: string): void {
    const core = secret.slice(0, -SHOWN_CHARACTERS);
    for (const [form, needle] of formsOf(core)) this.#needles.push({ name, form, needle });
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#needles.map(({ name }) => name));
  }

  /** Every mark in a text, but those that may stand there. */
  in(text: string, where: string, allowed: readonly string[] = []): Leak[] {
    const lower = text.toLowerCase();
    return this.#needles
      .filter(({ name }) => !allowed.includes(name))
      .filter(({ needle, form }) => (form === 'as it is' || form === 'hex' ? lower : text).includes(needle))
      .map(({ name, form }) => ({ mark: name, form, where }));
  }
}

function formsOf(core: string): [form: string, needle: string][] {
  const forms: [string, string][] = [
    ['as it is', core.toLowerCase()],
    ['URL-encoded', encodeURIComponent(core)],
    ['hex', Buffer.from(core).toString('hex')],
    ['JSON', JSON.stringify(core).slice(1, -1)],
  ];
  for (const shift of [0, 1, 2]) {
    for (const encoding of ['base64', 'base64url'] as const)
      forms.push([`${encoding}, ${shift} bytes in`, within(core, shift, encoding)]);
  }
  return forms;
}

/** What of the base64 of a longer text depends on `core` alone, which begins so many bytes into it. */
function within(core: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(core)]).toString(encoding);
  const end = Math.floor(((shift + Buffer.byteLength(core)) * 8) / 6);
  return encoded.slice(Math.ceil((shift * 8) / 6), end);
}
