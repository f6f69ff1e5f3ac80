import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Place } from './findings.js';
import { InvalidJson, parseJsonText, type JsonValue } from './json-text.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory, not a file',
};

/** A file is not there; where it was looked for is said, too. */
export const refuseMissing = (place: Place): void =>
  place.refuse(`is not there${isAbsolute(place.file) ? '' : `: there is no file ${resolve(place.file)}`}`);

/** What a file says; undefined, and said, when it cannot be read or is no JSON. */
export function readJsonFile(place: Place): JsonValue | undefined {
  const text = readText(place);
  if (text === undefined) return undefined;
  try {
    const { value, repeatedKeys, trailing } = parseJsonText(text);
    for (const path of repeatedKeys) place.at(...path).warn('is there twice; the last one counts');
    if (trailing !== undefined)
      place.warn(
        `goes on after its end; from line ${trailing.line}, column ${trailing.column} on it is ignored`,
      );
    return value;
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
    place.refuse(`is no JSON: at line ${error.place.line}, column ${error.place.column} ${error.message}`);
    return undefined;
  }
}

function readText(place: Place): string | undefined {
  try {
    return readFileSync(place.file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') refuseMissing(place);
    else place.refuse(REASONS[code] ?? `cannot be read (${code})`);
    return undefined;
  }
}
