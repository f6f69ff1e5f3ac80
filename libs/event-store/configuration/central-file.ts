import { existsSync } from 'node:fs';
import type { Findings, Place } from './findings.js';
import { readJsonFile, refuseMissing } from './json-file.js';
import type { JsonObject, JsonValue } from './json-text.js';
import { readMembers, readObject, typeName, type Section } from './section.js';

type SectionName = 'receivers' | 'storage' | 'api';
export type Sections = Readonly<Record<SectionName, Section | undefined>>;

/** The README of the original has `receiver-file`, which the original itself does not find. */
const MISSPELT_RECEIVERS = 'receiver';
/** Known to the original's README, and to nothing else. */
const UNUSED = 'main';
const KNOWN = ['receivers', 'storage', 'api', MISSPELT_RECEIVERS, UNUSED].flatMap((name) => [
  name,
  `${name}-file`,
]);

/**
 * Finds the sections of a configuration: in the file itself, or in the files that it names with `<section>-file`, whose
 * paths are relative to the working directory. One that is missing or cannot be read is undefined, and said.
 */
export function readSections(path: string, findings: Findings): Sections {
  const place = findings.inFile(path);
  const members = readCentralFile(place);
  if (members === undefined) return { receivers: undefined, storage: undefined, api: undefined };
  respellReceivers(members, place);
  const read = (name: SectionName): Section | undefined => {
    const [inlineKey, fileKey] = [name, `${name}-file`];
    const isInline = Object.hasOwn(members, inlineKey);
    const isInFile = Object.hasOwn(members, fileKey);
    // The original takes either, by chance.
    if (isInline && isInFile) place.at(name).refuse(`and "${fileKey}" are both there: one of them must go`);
    if (isInFile) return inOwnFile(members[fileKey], place.at(fileKey), findings);
    if (isInline) return sectionOf(members[inlineKey], place.at(inlineKey));
    place.refuse(`has neither "${inlineKey}" nor "${fileKey}": one of them must be present`);
    return undefined;
  };
  return { receivers: read('receivers'), storage: read('storage'), api: read('api') };
}

/** A file that is not there counts as empty. */
function readCentralFile(place: Place): JsonObject | undefined {
  if (!existsSync(place.file)) {
    refuseMissing(place);
    return {};
  }
  const section = sectionOf(readJsonFile(place), place);
  return section && readMembers(section.object, KNOWN, place);
}

function respellReceivers(members: JsonObject, place: Place): void {
  const isRight = ['receivers', 'receivers-file'].some((key) => Object.hasOwn(members, key));
  for (const key of [MISSPELT_RECEIVERS, `${MISSPELT_RECEIVERS}-file`]) {
    if (!Object.hasOwn(members, key)) continue;
    const right = key.replace(MISSPELT_RECEIVERS, 'receivers');
    place
      .at(key)
      .warn(
        isRight ? `is ignored: there is "receivers", too` : `is taken for "${right}", which it should be`,
      );
    if (!isRight) members[right] = members[key]!;
  }
}

function inOwnFile(path: JsonValue | undefined, place: Place, findings: Findings): Section | undefined {
  if (typeof path === 'string' && path !== '') {
    const own = findings.inFile(path);
    return sectionOf(readJsonFile(own), own);
  }
  place.refuse(`must be the path of a file, not ${path === '' ? 'empty' : typeName(path)}`);
  return undefined;
}

/** Undefined of what could not be read, which has been said. */
function sectionOf(value: JsonValue | undefined, place: Place): Section | undefined {
  const object = value === undefined ? undefined : readObject(value, place);
  return object && { object, place };
}
