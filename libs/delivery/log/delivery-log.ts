import { notFound } from '../../domain/index.js';
import type {
  Database,
  DeliveryFilter,
  DeliveryLogStore,
  IntegrationEntity,
  IntegrationStore,
} from '../../persistence/index.js';
import { pageOf } from '../../rest/index.js';
import { STREAM_KINDS } from '../../sinks/index.js';
import type { StreamLog } from '../streams/stream-log.js';
import type { RowPageQuery } from './delivery-log.schema.js';
import { attemptView, deliveryView, rejectedView } from './delivery-view.js';
import { cursorText } from './row-cursor.js';

/** Reads what integrations owed and what became of it. A 404 `Problem` for what the project does not have. */
export class DeliveryLog {
  constructor(
    private readonly database: Database,
    private readonly store: DeliveryLogStore,
    private readonly integrations: IntegrationStore,
    private readonly streams: StreamLog,
  ) {}

  async list(
    projectId: string,
    integrationId: string,
    filter: DeliveryFilter,
    { limit, after }: RowPageQuery,
  ) {
    await this.check(projectId, integrationId);
    const rows = await this.store.list(this.database, integrationId, filter, limit, after);
    const { items, next } = pageOf(rows, limit, cursorText);
    return { deliveries: items.map(deliveryView), next };
  }

  async get(projectId: string, integrationId: string, id: string, { limit, after }: RowPageQuery) {
    await this.check(projectId, integrationId);
    const delivery = await this.store.find(this.database, integrationId, id);
    if (!delivery) throw notFound('delivery');
    const attempts = await this.store.attempts(this.database, id, limit, after);
    const { items, next } = pageOf(attempts, limit, (attempt) =>
      cursorText({ createdAt: attempt.startedAt, id: attempt.id }),
    );
    return { ...deliveryView(delivery), attempts: items.map(attemptView), next };
  }

  async rejected(projectId: string, integrationId: string, { limit, after }: RowPageQuery) {
    const integration = await this.check(projectId, integrationId);
    if (STREAM_KINDS.includes(integration.sink)) return this.streams.rejected(integration, limit, after);
    const rows = await this.store.rejected(this.database, integrationId, limit, after);
    const { items, next } = pageOf(rows, limit, cursorText);
    const refusals = await this.store.refusals(
      this.database,
      items.map(({ id }) => id),
    );
    return { rejected: items.map((row) => rejectedView(row, refusals.get(row.id))), next };
  }

  private async check(projectId: string, integrationId: string): Promise<IntegrationEntity> {
    const found = await this.integrations.find(this.database, projectId, integrationId);
    if (!found) throw notFound('integration');
    return found;
  }
}
