/** The grammar of line protocol said a second time, by patterns and without any regard to speed: what the real parser is compared with. */

export interface ReferencePoint {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly timeMs: number | undefined;
}

const DAY_MS = 86_400_000;
const CONTROL = String.raw`\0-\x1f\x7f`;
const NAME = new RegExp(String.raw`^(?:\\[, ]|[^, ${CONTROL}])+`);
const KEY = new RegExp(String.raw`^(?:\\[,= ]|[^,= ${CONTROL}])+`);
const TAG_VALUE = new RegExp(String.raw`^=(?:\\[,= ]|[^,= ${CONTROL}])*`);
const BARE = /^[^,=\p{Cc} ]+/u;
const EARLIEST_MS = Date.parse('2000-01-01T00:00:00Z');

/** The points of a text; undefined when it is none of line protocol. */
export function referenceParse(text: string, nowMs: number): readonly ReferencePoint[] | undefined {
  const points: ReferencePoint[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^(?: *(?:#[^\n]*)?(?:\r?\n|\r?$))+/, '').replace(/^ +/, '');
    if (rest === '') return points;
    const line = new ReferenceLine(rest);
    const point = line.point(nowMs);
    if (!point) return undefined;
    points.push(point);
    rest = line.rest;
  }
}

class ReferenceLine {
  constructor(public rest: string) {}

  point(nowMs: number): ReferencePoint | undefined {
    const name = this.take(NAME);
    if (name === undefined) return undefined;
    const tags = this.tags();
    if (!tags || this.take(/^ +/) === undefined) return undefined;
    const fields = this.fields();
    if (!fields) return undefined;
    const time = this.take(/^ +-?\d+/)?.trim();
    this.take(/^ +/);
    if (this.rest !== '' && this.take(/^(?:\r?\n|\r$)/) === undefined) return undefined;
    if (time !== undefined && BigInt(time) ** 2n > (2n ** 63n - 1n) ** 2n) return undefined;
    const found = { tags: Object.fromEntries(tags), fields: Object.fromEntries(fields) };
    return { name: name.replaceAll(/\\([, ])/g, '$1'), ...found, timeMs: plausible(time, nowMs) };
  }

  private tags(): Map<string, string> | undefined {
    const tags = new Map<string, string>();
    while (this.take(/^,(?! )/) !== undefined) {
      const key = this.key();
      const value = key === undefined ? undefined : this.take(TAG_VALUE);
      if (key === undefined || value === undefined) return undefined;
      tags.set(key, value.slice(1).replaceAll(/\\([,= ])/g, '$1'));
      if (value === '=') tags.delete(key);
    }
    this.take(/^,/);
    return tags;
  }

  private fields(): Map<string, unknown> | undefined {
    const fields = new Map<string, unknown>();
    do {
      const key = this.key();
      if (key === undefined || this.take(/^=/) === undefined) return undefined;
      const value = this.value();
      if (value === undefined) return undefined;
      fields.set(key, value);
    } while (this.take(/^,/) !== undefined);
    return fields;
  }

  private key(): string | undefined {
    return this.take(KEY)?.replaceAll(/\\([,= ])/g, '$1');
  }

  private value(): unknown {
    const quoted = this.take(/^"(?:\\[^]|[^"\\])*"/);
    if (quoted !== undefined) return unquoted(quoted.slice(1, -1));
    if (this.rest.startsWith('{')) return this.object();
    const bare = this.take(BARE);
    if (bare === undefined || bare.startsWith('"')) return undefined;
    if (/^(t|T|true|True|TRUE)$/.test(bare)) return true;
    if (/^(f|F|false|False|FALSE)$/.test(bare)) return false;
    const whole = /^([+-]?)(\d+)([iu])$/.exec(bare);
    if (whole) return wholeOf(whole[1]!, BigInt(whole[2]!), whole[3]!);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(bare)) return undefined;
    return Number.isFinite(Number(bare)) ? Number(bare) : undefined;
  }

  private object(): string | undefined {
    let depth = 0;
    let taken = '';
    do {
      const piece = this.take(/^(?:"(?:\\[^]|[^"\\])*"|[^"\n])/);
      if (piece === undefined) return undefined;
      taken += piece;
      depth += piece === '{' ? 1 : piece === '}' ? -1 : 0;
    } while (depth > 0);
    return taken;
  }

  private take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.rest)?.[0];
    if (found !== undefined) this.rest = this.rest.slice(found.length);
    return found;
  }
}

function unquoted(text: string): string {
  const meanings: Record<string, string> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };
  return text.replaceAll(/\\([^])/g, (both, escaped: string) => meanings[escaped] ?? both);
}

function wholeOf(sign: string, magnitude: bigint, suffix: string): number | bigint | undefined {
  const value = sign === '-' ? -magnitude : magnitude;
  if (suffix === 'u' && (sign !== '' || value >= 2n ** 64n)) return undefined;
  if (suffix === 'i' && BigInt.asIntN(64, value) !== value) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function plausible(time: string | undefined, nowMs: number): number | undefined {
  if (time === undefined) return undefined;
  const ticks = BigInt(time);
  const size = ticks < 0n ? -ticks : ticks;
  const units: [bigint, (whole: bigint) => bigint][] = [
    [10n ** 11n, (whole) => whole * 1_000n],
    [10n ** 14n, (whole) => whole],
    [10n ** 17n, (whole) => whole / 1_000n],
  ];
  const toMs = units.find(([below]) => size < below)?.[1] ?? ((whole: bigint) => whole / 1_000_000n);
  const ms = Number(toMs(ticks));
  return ms >= EARLIEST_MS && ms <= nowMs + DAY_MS ? ms : undefined;
}
