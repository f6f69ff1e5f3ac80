import { parseArgs } from 'node:util';
import { formatDuration, parseDurationMs, systemClock } from '../libs/domain/index.js';
import { actingAs, openSecretBox, SHORTEST_OVERLAP_MS, SigningKeys } from '../libs/identity/index.js';
import { BadUsage, COMMAND_LINE, runCommand, type Command } from './command.js';
import { withDatabase } from './tool-database.js';

const LONGEST_OVERLAP_MS = 30 * 24 * 3_600_000;

const HELP = `Usage: npm run keys:rotate -- [options]

Adds a key that signs access tokens. All hubs on the database publish it at once and sign with it when the overlap is
over; tokens that the present key signed stay good until they expire. Nobody has to sign in again.
Prints the new public key in PEM on standard output, for the settings files of the esc CLI.

Options:
  --overlap DURATION   when it begins to sign: 30m, 1h (default), 2d. At least ${formatDuration(SHORTEST_OVERLAP_MS)}, so that every hub has
                       seen it by then. Clients that cannot read /.well-known/jwks.json need the new key before
  --help               this text

Say npm run --silent keys:rotate to have nothing but the key on standard output. Reads the hub's settings (DATABASE_URL or SPILLWAY_DATA_DIR, SPILLWAY_SECRET_KEY); may run beside hubs.
`;

function overlapOf(args: readonly string[]): number | 'help' {
  let values: { overlap?: string | undefined; help?: boolean | undefined };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { overlap: { type: 'string', default: '1h' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    throw new BadUsage((error as Error).message);
  }
  if (values.help === true) return 'help';
  const overlapMs = parseDurationMs(values.overlap ?? '');
  if (overlapMs === undefined)
    throw new BadUsage(`--overlap ${values.overlap}: must be a duration: 30m, 1h or 2d.`);
  if (overlapMs < SHORTEST_OVERLAP_MS || overlapMs > LONGEST_OVERLAP_MS)
    throw new BadUsage(
      `--overlap ${values.overlap}: must be from ${formatDuration(SHORTEST_OVERLAP_MS)} to ${formatDuration(LONGEST_OVERLAP_MS)}.`,
    );
  return overlapMs;
}

async function rotate({ settings, logger, stdout, stderr }: Command): Promise<number> {
  const overlapMs = overlapOf(process.argv.slice(2));
  if (overlapMs === 'help') {
    stdout.write(HELP);
    return 0;
  }
  const { next, present, presentEnds } = await withDatabase(settings, logger, async (database) => {
    const box = await openSecretBox(settings, logger);
    const keys = new SigningKeys(database, box, systemClock, logger);
    return actingAs(COMMAND_LINE, () => keys.rotate(overlapMs));
  });
  stderr.write(
    `New key      ${next.id}\n  signs from ${next.signsFrom.toISOString()} (in ${formatDuration(overlapMs)})\n`,
  );
  if (present && presentEnds)
    stderr.write(`Present key  ${present.id}\n  accepted until ${presentEnds.toISOString()}\n`);
  stdout.write(next.key.publicPem);
  return 0;
}

process.exitCode = await runCommand('keys:rotate', rotate);
