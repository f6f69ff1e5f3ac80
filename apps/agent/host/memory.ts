export interface Memory {
  readonly totalBytes: number;
  /** What programs could still get: free memory, and caches that can be given up. */
  readonly freeBytes: number;
}

/** Memory as `/proc/meminfo` tells; undefined where it does not. */
export function memoryOf(memInfo: string): Memory | undefined {
  const bytesOf = (name: string): number | undefined => {
    const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(memInfo)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  };
  const [totalBytes, freeBytes] = [bytesOf('MemTotal'), bytesOf('MemAvailable')];
  return totalBytes === undefined || freeBytes === undefined ? undefined : { totalBytes, freeBytes };
}
