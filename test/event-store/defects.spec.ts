import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOMS = ['libs/event-store', 'apps/event-store', 'test/event-store', 'test/e2e'];
/** Of cc-event-store, as its contract numbers them. */
const DEFECTS = Array.from({ length: 36 }, (_, index) => `D${index + 1}`);
const TITLE = /\(\s*['"`](D\d+(?:, D\d+)*): /g;

/** The defects that titles of tests begin with: `it('D1, D2: …`. */
async function namedDefects(): Promise<Map<string, string[]>> {
  const named = new Map<string, string[]>();
  for (const room of ROOMS) {
    for (const name of await readdir(room, { recursive: true })) {
      if (!/spec\.ts$|-suite\..*ts$|-suite\.ts$/.test(name)) continue;
      const text = await readFile(join(room, name), 'utf8');
      for (const [, defects] of text.matchAll(TITLE))
        for (const defect of defects!.split(', ')) named.set(defect, [...(named.get(defect) ?? []), name]);
    }
  }
  return named;
}

describe('each defect of cc-event-store', async () => {
  const named = await namedDefects();
  it.each(DEFECTS)('%s has a test that is named after it', (defect) => {
    expect(named.get(defect) ?? []).not.toEqual([]);
  });
});
