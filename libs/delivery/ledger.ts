import { notFound } from '../domain/index.js';
import type { Database, IntegrationStore, LedgerRow, LedgerStore } from '../persistence/index.js';

/** Where every unit that concerns an integration is now. */
export interface Ledger extends LedgerRow {
  /** Whether the parts sum up to `accepted`, which is counted from the facts and not from the parts. */
  readonly balanced: boolean;
}

/** Reads ledgers from the database, at any moment. */
export class Ledgers {
  constructor(
    private readonly database: Database,
    private readonly store: LedgerStore,
    private readonly integrations: IntegrationStore,
  ) {}

  /** Also of an integration that was deleted. Throws a 404 `Problem` when the project has none of that id. */
  async of(projectId: string, integrationId: string): Promise<Ledger> {
    if (!(await this.integrations.find(this.database, projectId, integrationId)))
      throw notFound('integration');
    const row = await this.store.of(this.database, integrationId);
    const { accepted, ...parts } = row;
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    return { ...row, balanced: accepted === sum };
  }
}
