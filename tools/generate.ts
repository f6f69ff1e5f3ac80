import 'reflect-metadata';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { createDocumentedHub } from '../apps/hub/documented-hub.js';
import { loadSettings, settingsTable } from '../libs/config/index.js';
import { buildOpenApi } from '../libs/rest/index.js';

const TABLE = /(?<=<!-- settings -->)[\s\S]*(?=<!-- \/settings -->)/;

/** What is written down for people but follows from the code: the README's table of settings, and `openapi.json`. */
async function generate(): Promise<Map<string, string>> {
  const readme = await readFile('README.md', 'utf8');
  if (!TABLE.test(readme)) throw new Error('README.md has no place for the table of settings');
  const withTable = readme.replace(TABLE, `\n\n${settingsTable()}\n\n`);
  return new Map([
    [
      'README.md',
      await prettier.format(withTable, {
        ...(await prettier.resolveConfig('README.md')),
        parser: 'markdown',
      }),
    ],
    ['openapi.json', `${JSON.stringify(await openApi(), null, 2)}\n`],
  ]);
}

async function openApi(): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-generate-'));
  try {
    const app = await createDocumentedHub(loadSettings({ SPILLWAY_DATA_DIR: directory }));
    return buildOpenApi(app);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, content] of await generate()) {
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === content) continue;
  if (isCheck) stale.push(path);
  else await writeFile(path, content);
}
if (stale.length > 0) {
  process.stderr.write(`Not up to date with the code: ${stale.join(', ')}. Run: npm run generate\n`);
  process.exit(1);
}
process.exit(0);
