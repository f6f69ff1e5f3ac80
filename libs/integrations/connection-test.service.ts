import { Injectable } from '@nestjs/common';
import { IntegrationLifecycle, SinkConnections } from '../delivery/index.js';
import { conflict, Problem, type OutcomeKind } from '../domain/index.js';
import { Audit, SecretUnreadable } from '../identity/index.js';
import { Database, type IntegrationEntity } from '../persistence/index.js';
import type { SinkConnection, TestReport } from '../sinks/index.js';
import { definitionOf } from './integration-data.js';
import { deedOn } from './integration-deeds.js';

const TEST_TIMEOUT_MS = 15_000;

/** The sink itself is in trouble, not the integration's configuration. */
const SINK_IN_TROUBLE: ReadonlySet<OutcomeKind> = new Set(['throttled', 'transient', 'ambiguous']);

/** Tries an integration's line to its sink, leaving nothing there that a person would see. */
@Injectable()
export class ConnectionTest {
  constructor(
    private readonly connections: SinkConnections,
    private readonly lifecycle: IntegrationLifecycle,
    private readonly audit: Audit,
    private readonly database: Database,
  ) {}

  /** Throws a 400 or 502 `Problem` with the findings when it fails; otherwise delivery goes on at once. */
  async run(integration: IntegrationEntity): Promise<void> {
    if (integration.status === 'deleted') throw conflict('The integration is deleted.');
    const { supportsTest, label } = definitionOf({ sink: integration.sink });
    if (!supportsTest) throw conflict(`${label} offers no test.`);
    const report = await this.connect(integration).test({ signal: AbortSignal.timeout(TEST_TIMEOUT_MS) });
    await this.database.transaction((tx) => this.audit.record(tx, testedDeed(integration, report)));
    if (!report.ok) throw failureOf(report);
    await this.lifecycle.mended(integration.id);
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

function testedDeed(integration: IntegrationEntity, { ok, outcome }: TestReport) {
  const code = outcome && 'code' in outcome ? ` (${outcome.code})` : '';
  return deedOn(integration, 'tested', `was tested and ${ok ? 'passed' : `failed${code}`}`);
}

function failureOf({ findings, outcome }: TestReport): Problem {
  const isSinks = outcome !== undefined && SINK_IN_TROUBLE.has(outcome.kind);
  const [status, title] = isSinks ? ([502, 'Bad Gateway'] as const) : ([400, 'Bad Request'] as const);
  const fields = Object.fromEntries(findings.map((text, index) => [`findings[${index}]`, text]));
  return new Problem(status, title, findings.join(' ') || 'The test failed.', fields);
}
