import { afterEach, beforeEach, describe } from 'vitest';
import type { StorageBackend } from '../storage/index.js';
import { itForgets } from './backend-suite.forget.js';
import { itKeepsMarks } from './backend-suite.marks.js';
import { itSelects } from './backend-suite.select.js';
import { itStores } from './backend-suite.store.js';
import type { BackendUnderTest } from './backend-under-test.js';

/** An empty storage of one's own, opened. */
export interface BackendRig {
  readonly backend: StorageBackend;
  /** Closes the backend that is open, and opens another one over the same storage: as a process does that starts again. */
  reopen(): Promise<StorageBackend>;
  /** Closes the backend that is open, and removes the storage. */
  close(): Promise<void>;
}

/** What every storage backend must do. Events and logs are kept for ever in it; its clock stands at `RECORDS_NOW_MS`. */
export function describeBackend(name: string, open: () => Promise<BackendRig>): void {
  describe(`${name} as a storage backend`, () => {
    let rig: BackendRig;
    let current: StorageBackend;
    beforeEach(async () => {
      rig = await open();
      current = rig.backend;
    });
    afterEach(() => rig.close());
    const underTest: BackendUnderTest = {
      get: () => current,
      reopen: async () => (current = await rig.reopen()),
    };
    itStores(underTest);
    itSelects(underTest);
    itForgets(underTest);
    itKeepsMarks(underTest);
  });
}
