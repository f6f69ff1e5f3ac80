import { badRequest, notFound, type Clock } from '../../domain/index.js';
import {
  presentHolds,
  type ClusterStore,
  type Database,
  type DeliveryEntity,
  type ExplainStore,
  type IntegrationEntity,
  type IntegrationStore,
  type IssueReadStore,
} from '../../persistence/index.js';
import { pageOf } from '../../rest/index.js';
import { explain } from './explanation.js';
import type { ExplainQuery, HypothesisBody } from './explain.schema.js';
import { issueOf, notificationOf } from './hypothetical-facts.js';
import { suppose, type Hypothesis } from './hypothesis.js';

/** Of each delivery so many attempts are told. */
const ATTEMPTS_AT_MOST = 50;
const NO_ATTEMPTS = { last: [], total: 0 };

export interface ExplanationParts {
  readonly database: Database;
  readonly store: ExplainStore;
  readonly integrations: IntegrationStore;
  readonly issues: IssueReadStore;
  readonly clusters: ClusterStore;
  readonly clock: Clock;
  /** Least time between two plain updates of one message, in milliseconds. */
  readonly updateIntervalMs: number;
}

/** Says why something went out, or did not, and what would become of something that there is not. */
export class Explanations {
  constructor(private readonly parts: ExplanationParts) {}

  /** A 404 `Problem` when the project has no such issue or integration. */
  async ofIssue(projectId: string, issueId: string, query: ExplainQuery) {
    const { database, issues, store, clock, updateIntervalMs } = this.parts;
    const issue = await issues.find(database, projectId, issueId);
    if (!issue) throw notFound('issue');
    const { items, next } = await this.integrationsOf(projectId, query);
    const now = clock.now();
    const holds = await presentHolds(database, projectId, now);
    const deliveries = await store.deliveries(
      database,
      issueId,
      items.map(({ id }) => id),
    );
    const attempts = await store.attempts(database, idsOf([...deliveries.values()]), ATTEMPTS_AT_MOST);
    const integrations = items.map((integration) => {
      const delivery = deliveries.get(integration.id);
      const told = (delivery && attempts.get(delivery.id)) ?? NO_ATTEMPTS;
      const given = { issue, integration, delivery, attempts: told, holds, updateIntervalMs, now };
      return { ...nameOf(integration), deliveryId: delivery?.id ?? null, ...explain(given) };
    });
    return { issueId, integrations, next };
  }

  /** Of integrations that are not deleted. */
  async ofHypothesis(projectId: string, body: HypothesisBody, query: ExplainQuery) {
    const { database, clock, updateIntervalMs } = this.parts;
    const now = clock.now();
    const hypothesis = await this.hypothesisOf(projectId, body, now);
    const { items, next } = await this.integrationsOf(projectId, query);
    const holds = await presentHolds(database, projectId, now);
    const integrations = items.map((integration) => {
      const { at, ...supposed } = suppose(hypothesis, integration, holds, updateIntervalMs, now);
      return { ...nameOf(integration), ...supposed, at: at?.toISOString() ?? null };
    });
    return { integrations, next };
  }

  private async integrationsOf(projectId: string, { integration: id, limit, after }: ExplainQuery) {
    const { database, integrations } = this.parts;
    if (id === undefined) {
      return pageOf(await integrations.list(database, projectId, { limit, after }), limit, (one) => one.id);
    }
    const found = await integrations.find(database, projectId, id);
    if (!found) throw notFound('integration');
    return { items: [found], next: null };
  }

  private async hypothesisOf(projectId: string, body: HypothesisBody, now: Date): Promise<Hypothesis> {
    const { issue, notification } = body;
    if (!issue) {
      const clusterId = notification!.clusterId ?? null;
      await this.check(projectId, clusterId, 'notification.clusterId');
      return { notification: notificationOf(projectId, notification!.severity, clusterId, now) };
    }
    const nodeId = issue.nodeId ?? null;
    const clusterId = nodeId === null ? (issue.clusterId ?? null) : await this.homeOf(projectId, nodeId);
    if (issue.clusterId && nodeId !== null && issue.clusterId !== clusterId)
      throw badRequest({ 'issue.nodeId': 'is no node of this cluster' });
    await this.check(projectId, clusterId, 'issue.clusterId');
    return { issue: issueOf(projectId, { ...issue, clusterId, nodeId }, now) };
  }

  private async homeOf(projectId: string, nodeId: string): Promise<string> {
    const home = await this.parts.clusters.clusterOfNode(this.parts.database, projectId, nodeId);
    if (home === undefined) throw badRequest({ 'issue.nodeId': 'is no node of this project' });
    return home;
  }

  private async check(projectId: string, clusterId: string | null, field: string): Promise<void> {
    const { clusters, database } = this.parts;
    if (clusterId !== null && !(await clusters.exists(database, projectId, clusterId)))
      throw badRequest({ [field]: 'is no cluster of this project' });
  }
}

const nameOf = ({ id, description, sink }: IntegrationEntity) => ({ integrationId: id, description, sink });
const idsOf = (rows: readonly DeliveryEntity[]): string[] => rows.map(({ id }) => id);
