import { isPlausibleTime, timeOfDigits } from '../line-protocol/read-time.js';
import { objectText, type EventRecord } from '../record/index.js';
import type { ImportTable, OldRow } from './import-source.js';

/** Why a row is not imported. */
export type Damage = 'undated' | 'withoutPayload';
/** What of a row was put right. */
export type Repair = 'time' | 'tags' | 'characters';

export type RepairedRow =
  | { readonly damage: Damage }
  | { readonly record: EventRecord; readonly repairs: readonly Repair[]; readonly isUndated: boolean };

/** What rows are repaired by. */
export interface RepairRules {
  readonly nowMs: number;
  /** The time of those that have lost theirs; without it they are left out. */
  readonly undatedAsMs?: number | undefined;
}

const SECONDS_DIGITS = 11;
/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/** The record that a row of the original meant, as far as it can be told. */
export function repairRow(row: OldRow, { cluster, kind }: ImportTable, rules: RepairRules): RepairedRow {
  if (row.field === null) return { damage: 'withoutPayload' };
  const time = readOldTime(row.timestamp, rules.nowMs);
  const timeMs = time?.timeMs ?? rules.undatedAsMs;
  if (timeMs === undefined) return { damage: 'undated' };
  const { tags, hostname, isRepaired } = readOldTags(row);
  const record: EventRecord = {
    kind,
    cluster,
    name: clean(row.name ?? ''),
    hostname: clean(hostname),
    type: cleanOrNull(row.type),
    typeId: cleanOrNull(row.typeid),
    stype: cleanOrNull(row.stype),
    stypeId: cleanOrNull(row.stypeid),
    tags,
    fields: null,
    timeMs,
    payload: clean(row.field),
  };
  const repairs: Repair[] = [];
  if (time?.isCorrected) repairs.push('time');
  if (isRepaired) repairs.push('tags');
  if (Object.values(record).some((value) => typeof value === 'string' && value.includes(REPLACEMENT)))
    repairs.push('characters');
  return { record, repairs, isUndated: time === undefined };
}

/** No database takes a NUL, nor half a character. */
const clean = (text: string): string => text.replaceAll('\0', REPLACEMENT).toWellFormed();
const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text));

/**
 * The time of a timestamp, by the rule of line protocol: its magnitude tells the unit, though the original meant seconds.
 * Undefined where it cannot be right: 1 is what is left of seconds that were taken for nanoseconds (D19).
 */
export function readOldTime(
  timestamp: string | null,
  nowMs: number,
): { readonly timeMs: number; readonly isCorrected: boolean } | undefined {
  const digits = wholeDigits(timestamp?.trim() ?? '');
  const timeMs = digits === undefined ? undefined : timeOfDigits(digits, 0, digits.length);
  if (timeMs === undefined || !isPlausibleTime(timeMs, nowMs)) return undefined;
  return { timeMs, isCorrected: digits!.length > SECONDS_DIGITS };
}

/** SQLite keeps what it is given: a column of integers may hold `1.7e9`. */
function wholeDigits(text: string): string | undefined {
  if (/^\d+$/.test(text)) return text.replace(/^0+(?=\d)/, '');
  if (!/^\d+(\.\d*)?(e\+?\d{1,2})?$/i.test(text)) return undefined;
  return String(BigInt(Math.trunc(Number(text))));
}

interface OldTags {
  readonly tags: string | null;
  readonly hostname: string;
  /** Whether they were no JSON object. */
  readonly isRepaired: boolean;
}

function readOldTags({ othertags, hostname }: OldRow): OldTags {
  const members = membersOf(othertags ?? '');
  const isRepaired = members === undefined;
  const all = members ?? [['othertags', othertags!] as const];
  // Telegraf says `host`, which the original took for any tag.
  const host = hostname === null ? all.find(([key]) => key === 'host')?.[1] : undefined;
  const others = host === undefined ? all : all.filter(([key]) => key !== 'host');
  return {
    tags: others.length === 0 ? null : tagsText(others),
    hostname: hostname ?? host ?? '',
    isRepaired,
  };
}

type Member = readonly [key: string, value: string];

/** Undefined when it is no JSON object. */
function membersOf(text: string): readonly Member[] | undefined {
  if (text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    return Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' ? member : JSON.stringify(member),
    ]);
  } catch {
    return undefined;
  }
}

/** As records have their tags. */
const tagsText = (members: readonly Member[]): string =>
  objectText(
    members
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [clean(key), clean(value)] as const),
  );
