import type { Writable } from 'node:stream';
import type { Settings } from '../libs/config/index.js';
import { systemClock } from '../libs/domain/index.js';
import {
  actingAs,
  Audit,
  hasSecretKeyFile,
  openSecretBox,
  Reseal,
  SecretKeyFile,
  type ResealResult,
  type RunningReseal,
} from '../libs/identity/index.js';
import type { Logger } from '../libs/observability/index.js';
import { SealedRowsStore, type Database } from '../libs/persistence/index.js';
import { BadUsage, COMMAND_LINE, runCommand, type Command } from './command.js';
import { HELP, parseOptions } from './rotate-secrets-options.js';
import { withDatabase } from './tool-database.js';

/** Progress is shown so often, and when a table is through. */
const PROGRESS_INTERVAL_MS = 1_000;

async function rotate({ settings, logger, stdout, stderr }: Command): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    stdout.write(HELP);
    return 0;
  }
  const { isTrial, newKey } = options;
  if (newKey && !hasSecretKeyFile(settings))
    throw new BadUsage(
      'The secret key is in SPILLWAY_SECRET_KEY, which --new-key cannot change: put a new key there and the present one into SPILLWAY_SECRET_KEY_PREVIOUS.',
    );
  return withDatabase(settings, logger, async (database) => {
    if (newKey) await addKey(database, settings, logger, stderr);
    const box = await openSecretBox(settings, logger);
    const onProgress = progressTo(stderr);
    const result = await new Reseal(database, box, { isTrial, onProgress }).run();
    if (result.resealed > 0 && !isTrial) await record(database, result.resealed);
    stdout.write(summary(result, isTrial));
    const isThrough = result.tables.every(({ done, total }) => done === total);
    return result.unreadable.length > 0 || !(isThrough || isTrial) ? 1 : 0;
  });
}

async function addKey(
  database: Database,
  settings: Settings,
  logger: Logger,
  stderr: Writable,
): Promise<void> {
  const file = await SecretKeyFile.open(settings.SPILLWAY_DATA_DIR, logger);
  await database.transaction(async (tx) => {
    await new SealedRowsStore().lockKeys(tx);
    await file.addKey();
  });
  stderr.write('A new key is the first line of secret-key; the others still open.\n');
}

async function record(database: Database, resealed: number): Promise<void> {
  const deed = {
    service: 'identity',
    action: 'secrets.rotated',
    resource: { 'secret-keys': 'present' },
    message: `${resealed} stored credentials were encrypted anew with the present secret key`,
  } as const;
  await actingAs(COMMAND_LINE, () => database.transaction((tx) => new Audit(systemClock).record(tx, deed)));
}

function progressTo(stderr: Writable): (progress: RunningReseal) => void {
  const startedAt = performance.now();
  let shownAt = -Infinity;
  return ({ table, done, total, resealed }) => {
    const now = performance.now();
    if (done < total && now - shownAt < PROGRESS_INTERVAL_MS) return;
    shownAt = now;
    const rate = Math.round(resealed / Math.max((now - startedAt) / 1_000, 0.001));
    stderr.write(`${table.padEnd(14)} ${done} / ${total}   ${rate} a second\n`);
  };
}

function summary({ resealed, tables, unreadable }: ResealResult, isTrial: boolean): string {
  const lines = tables.map(
    ({ table, done, total }) => `${table.padEnd(14)} ${done} of ${total} encrypted with the present key`,
  );
  const left = tables.reduce((sum, { done, total }) => sum + total - done, 0) - unreadable.length;
  const end = isTrial
    ? `${resealed} would be encrypted anew.`
    : left > 0
      ? `${resealed} encrypted anew. ${left} were written with an earlier key meanwhile: run this again, and see to it that every hub has the present key.`
      : `${resealed} encrypted anew.`;
  const failures = unreadable.map(({ table, id, reason }) => `  ${table} ${id}: ${reason}`);
  const cannot =
    failures.length === 0
      ? []
      : [
          `${failures.length} cannot be opened; keep the earlier keys, or enter these credentials anew:`,
          ...failures,
        ];
  return `${[...lines, end, ...cannot].join('\n')}\n`;
}

process.exitCode = await runCommand('secrets:rotate', rotate);
