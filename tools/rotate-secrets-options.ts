import { parseArgs } from 'node:util';
import { BadUsage } from './command.js';

export interface RotateSecretsOptions {
  readonly isTrial: boolean;
  readonly newKey: boolean;
}

export const HELP = `Usage: npm run secrets:rotate -- [options]

Encrypts every stored credential anew that is not encrypted with the present secret key: the one of SPILLWAY_SECRET_KEY,
or with the embedded database the first line of the file secret-key. Runs beside hubs; may be ended and started again
at any time. When it is through, the earlier keys may be dropped (docs/operations.md says in which order).

Options:
  --new-key    first make a new key and put it into the file secret-key, before the others (embedded database only; a
               running hub takes it over by itself)
  --dry-run    change nothing, only say what would be encrypted anew and what cannot be opened
  --help       this text

Exit code 1 when something cannot be opened, which is named by table and id, or is still encrypted with an earlier key.
Reads the hub's settings (DATABASE_URL or SPILLWAY_DATA_DIR, SPILLWAY_SECRET_KEY, SPILLWAY_SECRET_KEY_PREVIOUS).
`;

/** Throws `BadUsage`. */
export function parseOptions(args: readonly string[]): RotateSecretsOptions | 'help' {
  const { values } = parsed(args);
  if (values.help === true) return 'help';
  const options = { isTrial: values['dry-run'] === true, newKey: values['new-key'] === true };
  if (options.isTrial && options.newKey)
    throw new BadUsage('--dry-run changes nothing, and so makes no key: leave out --new-key.');
  return options;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean' },
        'new-key': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadUsage((error as Error).message);
  }
}
