/**
 * How many physical cores `/proc/cpuinfo` names: pairs of socket and core, so that a core with two threads counts once.
 * Undefined where it does not say (ARM, some virtual machines). A container sees its machine's cores: a limit on CPU time
 * is none on cores, and the load average is the machine's, too.
 */
export function physicalCoresOf(cpuInfo: string): number | undefined {
  const cores = new Set<string>();
  for (const processor of cpuInfo.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
    const socket = /^physical id\s*:\s*(\d+)/m.exec(processor)?.[1];
    if (core !== undefined && socket !== undefined) cores.add(`${socket}:${core}`);
  }
  return cores.size === 0 ? undefined : cores.size;
}
