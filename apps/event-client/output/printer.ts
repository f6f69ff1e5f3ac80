import type { Datum } from '../http/query-client.js';
import type { Terminal } from '../terminal.js';

const HEADINGS = ['TIME', 'NAME', 'HOST', 'TYPE', 'TAGS', 'TEXT'];
/** A column that is wider than that pushes the others of its line aside. */
const MAX_WIDTH = 40;

/** Prints messages: as JSON, one to a line, or as a table that a person reads. */
export class Printer {
  private widths: readonly number[] | undefined;

  constructor(
    private readonly terminal: Pick<Terminal, 'write'>,
    private readonly isJson: boolean,
  ) {}

  async print(data: readonly Datum[]): Promise<void> {
    if (data.length === 0) return;
    await this.terminal.write(this.isJson ? data.map(jsonLine).join('') : this.table(data));
  }

  private table(data: readonly Datum[]): string {
    const rows = data.map(cellsOf);
    const isFirst = this.widths === undefined;
    if (isFirst) rows.unshift(HEADINGS);
    // What was printed stays as it is; columns only grow.
    this.widths = HEADINGS.map((_heading, column) =>
      Math.min(MAX_WIDTH, Math.max(this.widths?.[column] ?? 0, ...widthsOf(rows, column))),
    );
    return rows.map((cells) => `${this.row(cells)}\n`).join('');
  }

  private row(cells: readonly string[]): string {
    const last = cells.length - 1;
    return cells
      .map((cell, column) => (column === last ? cell : cell.padEnd(this.widths![column]!)))
      .join('  ');
  }
}

const widthsOf = (rows: readonly (readonly string[])[], column: number): number[] =>
  rows.map((cells) => cells[column]!.length);

function cellsOf(datum: Datum): readonly string[] {
  const { time, timestamp, name, hostname, type, stype, tags = {} } = datum;
  const types = [joined(type, datum['type-id']), joined(stype, datum['stype-id'])].filter(
    (text) => text !== '',
  );
  const tagTexts = Object.entries(tags).map(([key, value]) => `${key}=${String(value)}`);
  const cells = [time ?? timeText(timestamp), name, hostname, types.join('/'), tagTexts.join(',')];
  return [...cells.map((cell) => visible(cell ?? '') || '-'), visible(datum.Event ?? datum.Log ?? '')];
}

const joined = (type: string | undefined, id: string | undefined): string =>
  id === undefined ? (type ?? '') : `${type ?? ''}:${id}`;

function timeText(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}

/** On one line, without anything that a terminal would obey. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => ESCAPES[character] ?? escaped(character));
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** JSON leaves some characters as they are that terminals obey. */
const jsonLine = (datum: Datum): string =>
  `${JSON.stringify(datum).replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
