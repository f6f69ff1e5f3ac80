import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** How to reach the server, as flags of a connection URI say. */
export interface ConnectionFlags {
  /** `false`: in the clear. `preferred`: encrypted when the server can. */
  readonly ssl: false | ConnectionOptions;
  readonly isSslPreferred: boolean;
  readonly applicationName: string;
  readonly connectTimeoutMs: number | undefined;
  /** What is understood of none of them, as sentences. */
  readonly warnings: readonly string[];
}

const KNOWN = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'application_name',
  'fallback_application_name',
  'connect_timeout',
] as const;
type Flag = (typeof KNOWN)[number];
const isKnown = (key: string): key is Flag => (KNOWN as readonly string[]).includes(key);

/**
 * Reads `key=value` flags, and the files they name. Flags that are not known are warned of and change nothing. Throws with a
 * sentence when a value cannot be meant or a file cannot be read.
 */
export function readConnectionFlags(flags: readonly string[]): ConnectionFlags {
  const values: Partial<Record<Flag, string>> = {};
  const warnings: string[] = [];
  for (const flag of flags) {
    const [, key = flag, value] = /^([^=]*)=(.*)$/s.exec(flag) ?? [];
    if (value === undefined) warnings.push(`The flag ${key} has no value, and is left out.`);
    else if (isKnown(key)) values[key] = value;
    else warnings.push(`The flag ${key} is not known to the PostgreSQL backend, and is left out.`);
  }
  return {
    ...sslOf(values),
    applicationName: values.application_name ?? values.fallback_application_name ?? 'spillway-event-store',
    connectTimeoutMs: timeoutOf(values.connect_timeout),
    warnings,
  };
}

function sslOf(values: Partial<Record<Flag, string>>): Pick<ConnectionFlags, 'ssl' | 'isSslPreferred'> {
  const { sslmode = 'prefer', sslrootcert, sslcert, sslkey } = values;
  const isVerified = sslrootcert !== undefined && sslrootcert !== '';
  const ssl: ConnectionOptions = {
    ...(isVerified && sslrootcert !== 'system' ? { ca: fileOf('sslrootcert', sslrootcert) } : {}),
    ...(sslcert === undefined ? {} : { cert: fileOf('sslcert', sslcert) }),
    ...(sslkey === undefined ? {} : { key: fileOf('sslkey', sslkey) }),
  };
  const nameIsFree = { checkServerIdentity: () => undefined };
  switch (sslmode) {
    case 'disable':
      return { ssl: false, isSslPreferred: false };
    case 'allow':
    case 'prefer':
      return { ssl: { ...ssl, rejectUnauthorized: false }, isSslPreferred: true };
    case 'require':
      // As libpq has it: who gives a root certificate wants it to be checked.
      return isVerified
        ? { ssl: { ...ssl, ...nameIsFree }, isSslPreferred: false }
        : { ssl: { ...ssl, rejectUnauthorized: false }, isSslPreferred: false };
    case 'verify-ca':
      return { ssl: { ...ssl, ...nameIsFree }, isSslPreferred: false };
    case 'verify-full':
      return { ssl, isSslPreferred: false };
    default:
      throw new Error(
        `The flag sslmode is ${sslmode}: it must be disable, allow, prefer, require, verify-ca or verify-full.`,
      );
  }
}

function timeoutOf(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!/^\d{1,6}$/.test(seconds))
    throw new Error(`The flag connect_timeout is ${seconds}: it must be a whole number of seconds.`);
  return Number(seconds) * 1_000;
}

function fileOf(flag: Flag, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`The file of the flag ${flag} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
