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

/** A percentage with as many decimals (1 to 6) as it takes not to look equal to a limit that it does not equal. */
export function formatPercent(percent: number, limitPercent: number): string {
  for (let decimals = 1; decimals < 6; decimals += 1) {
    const text = percent.toFixed(decimals);
    if (Number(text) !== limitPercent || percent === limitPercent) return `${text} %`;
  }
  return `${percent.toFixed(6)} %`;
}
