import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

/** How a command ended. */
export interface ToolEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built command of `tools/` with nothing in its environment but these settings. Never rejects for its exit code. */
export function runTool(
  name: string,
  settings: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<ToolEnd> {
  const options = { env: { PATH: process.env['PATH'], ...settings }, timeout: 60_000 };
  const command = ['--enable-source-maps', resolve(`dist/tools/${name}.js`), ...args];
  return new Promise((ended) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      ended({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}
