import { Injectable } from '@nestjs/common';
import { IntegrationLifecycle, SinkConnections, type UnsavedIntegration } from '../delivery/index.js';
import { conflict, Problem, type OutcomeKind } from '../domain/index.js';
import { Audit, SecretUnreadable, type Deed, type Tenant } from '../identity/index.js';
import { Database, type IntegrationEntity } from '../persistence/index.js';
import type { SinkConnection, TestReport } from '../sinks/index.js';
import { definitionOf } from './integration-data.js';
import { deedOn, deedOnUnsaved } from './integration-deeds.js';

const TEST_TIMEOUT_MS = 15_000;

/** The sink itself is in trouble, not the integration's configuration. */
const SINK_IN_TROUBLE: ReadonlySet<OutcomeKind> = new Set(['throttled', 'transient', 'ambiguous']);

/** Of a test that passed: what was checked. */
type Findings = readonly string[];

/**
 * Tries an integration's line to its sink, leaving nothing there that a person would see. Each test throws a 400 or 502
 * `Problem` with the findings when it fails. None of it happens in a transaction: a sink may take its time.
 */
@Injectable()
export class ConnectionTest {
  constructor(
    private readonly connections: SinkConnections,
    private readonly lifecycle: IntegrationLifecycle,
    private readonly audit: Audit,
    private readonly database: Database,
  ) {}

  /** Tests one as it is stored; when it passes, delivery goes on at once. */
  async run(integration: IntegrationEntity): Promise<void> {
    if (integration.status === 'deleted') throw conflict('The integration is deleted.');
    requireTest(integration.sink);
    await this.check(this.connect(integration), (said) => deedOn(integration, 'tested', said));
    await this.lifecycle.mended(integration.id);
  }

  /** Tests one that is not stored; `stored` is the one that it would be a change of. */
  async runUnsaved(
    tenant: Tenant,
    integration: UnsavedIntegration,
    stored?: IntegrationEntity,
  ): Promise<Findings> {
    const label = requireTest(integration.sink);
    return this.check(this.connections.unsaved(integration), (said) =>
      stored
        ? deedOn(stored, 'tested', `${said}, with a change that is not saved`)
        : deedOnUnsaved(tenant, label, said),
    );
  }

  private async check(connection: SinkConnection, deedFor: (said: string) => Deed): Promise<Findings> {
    const report = await connection.test({ signal: AbortSignal.timeout(TEST_TIMEOUT_MS) });
    await this.database.transaction((tx) => this.audit.record(tx, deedFor(saidOf(report))));
    if (!report.ok) throw failureOf(report);
    return report.findings;
  }

  private connect(integration: IntegrationEntity): SinkConnection {
    try {
      return this.connections.of(integration);
    } catch (error) {
      if (error instanceof SecretUnreadable) throw conflict(`${error.message} Send the credentials again.`);
      throw error;
    }
  }
}

/** The sink's name for people. Throws a 409 when it has no test. */
function requireTest(sink: string): string {
  const { supportsTest, label } = definitionOf({ sink });
  if (!supportsTest) throw conflict(`${label} offers no test.`);
  return label;
}

function saidOf({ ok, outcome }: TestReport): string {
  const code = outcome && 'code' in outcome ? ` (${outcome.code})` : '';
  return `was tested and ${ok ? 'passed' : `failed${code}`}`;
}

function failureOf({ findings, outcome }: TestReport): Problem {
  const isSinks = outcome !== undefined && SINK_IN_TROUBLE.has(outcome.kind);
  const [status, title] = isSinks ? ([502, 'Bad Gateway'] as const) : ([400, 'Bad Request'] as const);
  const fields = Object.fromEntries(findings.map((text, index) => [`findings[${index}]`, text]));
  return new Problem(status, title, findings.join(' ') || 'The test failed.', fields);
}
