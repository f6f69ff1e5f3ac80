/** The embedded PostgreSQL cannot serve. `message` is a sentence or two that say what to do; it holds no secret. */
export class EmbeddedPostgresFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresFailed';
  }
}

const FULL = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/;
const DENIED = /Permission denied|EACCES|EPERM|EROFS|Read-only file system/;
const NO_USER = /could not look up effective user ID/;
const NO_LIBRARY = /error while loading shared libraries|version `GLIBC|Library not loaded|spawn .*ENOENT/;

/** Says why something failed, from an error or from what a program wrote, in words a person can act on. */
export function explainFailure(what: string, cause: unknown, directory: string): EmbeddedPostgresFailed {
  if (cause instanceof EmbeddedPostgresFailed) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedPostgresFailed(`${what}: ${adviceFor(text, directory)}`, { cause });
}

function adviceFor(text: string, directory: string): string {
  if (FULL.test(text))
    return `the disk of ${directory} is full. Make room, or set SPILLWAY_DATA_DIR to another disk.`;
  if (NO_USER.test(text)) {
    return 'this process runs as a user id without an entry in /etc/passwd, which PostgreSQL needs. Run as a known user, or set DATABASE_URL.';
  }
  if (NO_LIBRARY.test(text)) {
    return `its binaries do not run on this system (${lastLines(text)}). They need glibc on Linux; set DATABASE_URL to a PostgreSQL of your own.`;
  }
  if (DENIED.test(text)) {
    return `permission denied in ${directory} (${lastLines(text)}). Give this user the directory, or set SPILLWAY_DATA_DIR to one it may write.`;
  }
  return lastLines(text);
}

function lastLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-5)
    .join(' | ');
}
