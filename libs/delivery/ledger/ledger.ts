import { notFound, SOURCES, type Source } from '../../domain/index.js';
import type {
  Database,
  IntegrationStore,
  LedgerAuditStore,
  LedgerRow,
  LedgerStore,
} from '../../persistence/index.js';

/** The units that an integration was given, and where each is now. */
export interface Units extends LedgerRow {
  /** Whether the parts sum up to `accepted`, which is counted from the facts and not from the parts. */
  readonly balanced: boolean;
}

/** Where every unit that concerns an integration is now. */
export interface Ledger extends Units {
  /** The same by what the units are of. */
  readonly sources: Readonly<Record<Source, Units>>;
  /** When it was last recounted event by event, and whether it balanced; null before the first time. */
  readonly audited: { readonly at: string; readonly balanced: boolean } | null;
}

const NOTHING: LedgerRow = {
  accepted: 0,
  delivered: 0,
  coalesced: 0,
  rejected: 0,
  suppressed: 0,
  expired: 0,
  parked: 0,
  inFlight: 0,
};

/** Reads ledgers from the database, at any moment. */
export class Ledgers {
  constructor(
    private readonly database: Database,
    private readonly store: LedgerStore,
    private readonly integrations: IntegrationStore,
    private readonly audits: LedgerAuditStore,
  ) {}

  /** Also of an integration that was deleted. Throws a 404 `Problem` when the project has none of that id. */
  async of(projectId: string, integrationId: string): Promise<Ledger> {
    if (!(await this.integrations.find(this.database, projectId, integrationId)))
      throw notFound('integration');
    const rows = await this.store.of(this.database, integrationId);
    const audit = await this.audits.last(this.database, integrationId);
    const ofSource = (source: Source): Units => weighed(rows.find((row) => row.source === source));
    const sources = Object.fromEntries(
      SOURCES.map((source) => [source, ofSource(source)]),
    ) as Ledger['sources'];
    const units = Object.values(sources);
    const sum = units.reduce<LedgerRow>(addUp, NOTHING);
    return {
      ...sum,
      balanced: units.every(({ balanced }) => balanced),
      sources,
      audited: audit ? { at: audit.auditedAt.toISOString(), balanced: audit.balanced } : null,
    };
  }
}

/** The members of a row and nothing else, and whether they add up. */
function weighed(row: LedgerRow = NOTHING): Units {
  const units = addUp(row, NOTHING);
  const { accepted, ...parts } = units;
  return { ...units, balanced: accepted === Object.values(parts).reduce((total, part) => total + part, 0) };
}

function addUp(one: LedgerRow, other: LedgerRow): LedgerRow {
  const names = Object.keys(NOTHING) as (keyof LedgerRow)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as LedgerRow;
}
