import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SEALED_COLUMNS } from './sealed-columns.js';

const ENTITIES = join(import.meta.dirname, '../../persistence/entities');
const CLASS = /@Entity\('(\w+)'\)([\s\S]*?)\n}/g;
const SEALED = /\/\*\* Sealed[^]*?@Column\([^\n]*?\) (\w+)!:/g;
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

it('every column that an entity calls sealed is one that secrets:rotate knows', async () => {
  const sealed: string[] = [];
  for (const file of await readdir(ENTITIES)) {
    const source = await readFile(join(ENTITIES, file), 'utf8');
    for (const [, table, body = ''] of source.matchAll(CLASS))
      for (const [, property = ''] of body.matchAll(SEALED)) sealed.push(`${table}.${snake(property)}`);
  }
  expect(sealed.toSorted()).toEqual(
    SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).toSorted(),
  );
});
