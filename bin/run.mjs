import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, ROOT));
/** The Node that `npm ci` brought along; in an image there is only its own. */
const BUNDLED = at('node_modules/node/bin/node');
const NODE = existsSync(BUNDLED) ? BUNDLED : process.execPath;

/** Runs a built program in a process of its own, and ends as it ends. Builds first where nothing is built. */
export function run(program, options = []) {
  if (!existsSync(at(program))) build();
  const child = spawn(NODE, [...options, at(program), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`The program cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

function build() {
  process.stderr.write('Building, which is done once …\n');
  const built = spawnSync('npm', ['run', 'build', '--silent'], { cwd: at('.'), stdio: ['ignore', 2, 2] });
  if (built.status !== 0)
    fail('It cannot be built: run `npm ci` and `npm run build` in the directory of Spillway.');
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
