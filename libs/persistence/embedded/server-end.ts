import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** How PostgreSQL is told to end, and how long each way may take: fast shutdown, immediate shutdown, by force. */
const STEPS = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** Ends a server, by force if need be. Resolves with whether it is gone; `isGone` tells. */
export async function endServer(pid: number, isGone: () => boolean): Promise<boolean> {
  for (const [signal, timeoutMs] of STEPS) {
    if (isGone()) return true;
    send(pid, signal);
    // A server that was halted (SIGSTOP) would not see any other signal.
    send(pid, 'SIGCONT');
    const deadline = performance.now() + timeoutMs;
    while (!isGone() && performance.now() < deadline) await pause(POLL_MS);
  }
  return isGone();
}

/** Whether a process of this id is there, whosoever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}
