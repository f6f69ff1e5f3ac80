import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';

/** Most memory that the process has had resident since `resetPeakMemory`, in bytes (Linux). */
export const peakMemoryBytes = (pid: number): Promise<number> => memoryOf(pid, 'VmHWM');

/** Memory that the process has resident now, in bytes (Linux). */
export const memoryBytes = (pid: number): Promise<number> => memoryOf(pid, 'VmRSS');

export const resetPeakMemory = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

/** How many sockets the process has open (Linux). */
export async function openSockets(pid: number): Promise<number> {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return targets.filter((target) => target.startsWith('socket:')).length;
}

async function memoryOf(pid: number, figure: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kilobytes) * 1_024;
}
