import { spawn } from 'node:child_process';
import type { ServerUser } from './server-user.js';

/** What PostgreSQL's programs see of our environment: no secret of ours, and no PG… variable that would bend them. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Runs a program to its end, without a shell. Throws with what it wrote to standard error when it fails. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  { cwd, user, stdin }: { cwd: string; user: ServerUser | undefined; stdin: number },
): Promise<void> {
  const child = spawn(program, parameters, {
    cwd,
    env: programEnvironment(),
    ...user,
    stdio: [stdin, 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(said || `it ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
