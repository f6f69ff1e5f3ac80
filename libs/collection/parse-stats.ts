import type { DriveFigures, HostFigures } from '../detection/index.js';
import { figureOf, foreignText, isObject, readJsonObject } from './read-answer.js';

/** Mount paths may hold hyphens; the last part is one of these words. */
const DRIVE_KEY = /^sys-drive-(.+)-(availableBytes|totalBytes|usage|usedBytes)$/;
const DRIVE_PREFIX = 'sys-drive-';
const MAX_DRIVES = 32;
const MAX_DEPTH = 12;
/** A hostile answer may repeat long names in every leaf below them: nothing of ours is near this long. */
const MAX_KEY_CHARS = 500;

interface Drive {
  totalBytes: number | null;
  availableBytes: number | null;
  usedBytes: number | null;
}

/**
 * Reads `/stats`, flat (`?group=false`) or grouped, of 3.x to 26.x. A figure that is negative counts as missing;
 * no figure at all is an answer, too. `usage` is not read: it is text in some versions and rounded in all.
 * Throws `UnreadableAnswer`.
 */
export function parseStats(body: string): HostFigures {
  const figures = systemFigures(readJsonObject(body));
  const drives = new Map<string, Drive>();
  for (const [key, value] of figures) if (key.startsWith(DRIVE_PREFIX)) addDrive(drives, key, value);
  const read = (key: string): number | null => figureOf(figures.get(key));
  return {
    drives: [...drives].slice(0, MAX_DRIVES).map(toDrive),
    memory: { totalBytes: read('sys-totalMem'), freeBytes: read('sys-freeMem') },
    loadAverage1m: read('sys-loadavg-1m'),
  };
}

function addDrive(drives: Map<string, Drive>, key: string, value: unknown): void {
  const match = DRIVE_KEY.exec(key);
  if (match === null) return;
  const [, mount = '', name] = match;
  const drive = drives.get(mount) ?? { totalBytes: null, availableBytes: null, usedBytes: null };
  if (name === 'totalBytes' || name === 'availableBytes' || name === 'usedBytes')
    drive[name] = figureOf(value);
  drives.set(mount, drive);
}

/** Servers send all three; where what is available is missing, it is what is not used. */
const toDrive = ([mount, { totalBytes, availableBytes, usedBytes }]: [string, Drive]): DriveFigures => {
  const unused = totalBytes === null || usedBytes === null ? null : figureOf(totalBytes - usedBytes);
  return { mount: foreignText.parse(mount), totalBytes, availableBytes: availableBytes ?? unused };
};

/** Those of the machine by their flat keys; the others are hundreds. */
function systemFigures(answer: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const grouped = answer['sys'];
  if (isObject(grouped)) return new Map(leavesOf(grouped, 'sys', 0));
  const figures = new Map<string, unknown>();
  for (const key of Object.keys(answer)) if (key.startsWith('sys-')) figures.set(key, answer[key]);
  return figures;
}

/** Grouping broke every hyphenated key into nested objects; joined by hyphens they are what they were. */
function leavesOf(
  group: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
): [string, unknown][] {
  return Object.entries(group).flatMap(([name, value]): [string, unknown][] => {
    const key = `${prefix}-${name}`;
    if (key.length > MAX_KEY_CHARS) return [];
    return isObject(value) && depth < MAX_DEPTH ? leavesOf(value, key, depth + 1) : [[key, value]];
  });
}
