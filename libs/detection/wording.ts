/** A moment as people read it, in UTC to the second: `2026-11-20 13:15:04 UTC`. */
export const formatMoment = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in decimal units, as disks are sold: `158.3 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A number with as many decimals (from `atLeast` to 6) as it takes not to look equal to a limit that it does not equal. */
export function formatBeside(value: number, limit: number, atLeast: number): string {
  for (let decimals = atLeast; decimals < 6; decimals += 1) {
    const text = value.toFixed(decimals);
    if (Number(text) !== limit || value === limit) return text;
  }
  return value.toFixed(6);
}

/** A percentage that does not look equal to a limit that it does not equal: `80.01 %`. */
export const formatPercent = (percent: number, limitPercent: number): string =>
  `${formatBeside(percent, limitPercent, 1)} %`;

const WHOLE_UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** Beside a condition that has to last: from when on it is an issue. */
export const opensAfter = (windowMs: number): string =>
  `(an issue opens after ${formatWindow(windowMs)} of that)`;

/** A window as it is set, exactly (`formatDuration` rounds): `90 s`, `1 min`, `250 ms`. */
export function formatWindow(windowMs: number): string {
  const unit = WHOLE_UNITS.find(([unitMs]) => windowMs > 0 && windowMs % unitMs === 0);
  return unit === undefined ? `${windowMs} ms` : `${windowMs / unit[0]} ${unit[1]}`;
}
