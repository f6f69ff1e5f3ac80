import { z } from 'zod';
import type { DriveFigures, HostFigures } from '../detection/index.js';
import { figure, foreignText, readAnswer } from './read-answer.js';

const stats = z.record(z.string(), z.unknown());

/** Mount paths may hold hyphens; the last part is one of these words. */
const DRIVE_KEY = /^sys-drive-(.+)-(availableBytes|totalBytes|usage|usedBytes)$/;
const MAX_DRIVES = 32;
const MAX_DEPTH = 12;

/**
 * Reads `/stats`, flat (`?group=false`) or grouped, of 3.x to 26.x. A figure that is negative counts as missing;
 * no drive at all is an answer, too. `usage` is not read: it is text in some versions and rounded in all.
 * Throws `UnreadableAnswer`.
 */
export function parseStats(body: string): HostFigures {
  const drives = new Map<string, { totalBytes: number | null; availableBytes: number | null }>();
  for (const [key, value] of driveEntries(readAnswer(body, stats))) {
    const match = DRIVE_KEY.exec(key);
    if (match === null) continue;
    const [, mount = '', name] = match;
    const drive = drives.get(mount) ?? { totalBytes: null, availableBytes: null };
    if (name === 'totalBytes' || name === 'availableBytes') drive[name] = figure.parse(value);
    drives.set(mount, drive);
  }
  return { drives: [...drives].slice(0, MAX_DRIVES).map(toDrive) };
}

const toDrive = ([mount, figures]: [string, Omit<DriveFigures, 'mount'>]): DriveFigures => ({
  mount: foreignText.parse(mount),
  ...figures,
});

function driveEntries(answer: Readonly<Record<string, unknown>>): [string, unknown][] {
  const sys = answer['sys'];
  const drive = isObject(sys) ? sys['drive'] : undefined;
  return isObject(drive) ? leavesOf(drive, 'sys-drive', 0) : Object.entries(answer);
}

/** Grouping broke every hyphenated key into nested objects; joined by hyphens they are what they were. */
function leavesOf(
  group: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
): [string, unknown][] {
  return Object.entries(group).flatMap(([name, value]): [string, unknown][] => {
    const key = `${prefix}-${name}`;
    return isObject(value) && depth < MAX_DEPTH ? leavesOf(value, key, depth + 1) : [[key, value]];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
