import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { IntegrationLifecycle, openSecrets, sealSecrets } from '../delivery/index.js';
import { badRequest, CLOCK, conflict, newId, notFound, type Clock } from '../domain/index.js';
import {
  ProjectRemoval,
  SecretBox,
  SecretUnreadable,
  type ProjectTenantRoom,
  type Tenant,
} from '../identity/index.js';
import { Database, IntegrationStore, ProjectStore } from '../persistence/index.js';
import type { IntegrationEdit, IntegrationEntity, Transaction } from '../persistence/index.js';
import type { SinkDefinition, SinkSecrets } from '../sinks/index.js';
import { definitionOf, readData, secretsIn } from './integration-data.js';
import type { Creation, IntegrationSettings, Update } from './integration.schema.js';
import { displayOf } from './secret-mask.js';

/** Makes, changes and deletes integrations, and tells delivery. */
@Injectable()
export class IntegrationsService implements OnModuleInit, ProjectTenantRoom {
  constructor(
    private readonly database: Database,
    private readonly store: IntegrationStore,
    private readonly projects: ProjectStore,
    private readonly secretBox: SecretBox,
    private readonly lifecycle: IntegrationLifecycle,
    private readonly removal: ProjectRemoval,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.removal.register(this);
  }

  async create({ organizationId, projectId }: Tenant, { description, data }: Creation): Promise<string> {
    const definition = definitionOf(data);
    const { source, config, secrets } = readData(definition, data);
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const integration = {
      id,
      organizationId,
      projectId,
      description,
      sink: definition.kind,
      source,
      config: { ...config },
      secrets: sealSecrets(this.secretBox, id, secrets),
      display: displayOf(definition, secrets),
      settings: {},
      status: 'active' as const,
      health: 'healthy' as const,
      createdAt,
      updatedAt: createdAt,
    };
    await this.database.transaction(async (tx) => {
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      await this.store.insert(tx, integration);
    });
    return id;
  }

  /** Tombstones are found too. */
  async get(projectId: string, id: string): Promise<IntegrationEntity> {
    const found = await this.store.find(this.database, projectId, id);
    if (!found) throw notFound('integration');
    return found;
  }

  /**
   * Lays what is given over what is stored; without a difference nothing is written. The source may become another
   * one that the sink takes, the sink may not change.
   */
  async update(projectId: string, id: string, { description, data }: Update): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.lockActive(tx, projectId, id);
      const edit = data ? this.dataEdit(stored, data) : {};
      if (description !== undefined && description !== stored.description) edit.description = description;
      await this.write(tx, stored, edit);
      if (edit.source) await this.lifecycle.withdrawn(tx, id);
    });
    // Also when nothing differs: whoever applies the same data again has often mended something at the sink.
    if (data && Object.keys(data).length > 0) await this.lifecycle.mended(id);
  }

  async changeSettings(projectId: string, id: string, settings: IntegrationSettings): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.lockActive(tx, projectId, id);
      await this.write(tx, stored, isDeepStrictEqual(settings, stored.settings) ? {} : { settings });
    });
  }

  /** Deleting it again changes nothing. */
  async delete(projectId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.store.lock(tx, projectId, id);
      if (!stored) throw notFound('integration');
      if (stored.status === 'active') await this.bury(tx, id);
    });
  }

  async endProjects(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>> {
    for (const id of await this.store.lockActiveOf(tx, projectIds)) await this.bury(tx, id);
    return () => Promise.resolve();
  }

  private async bury(tx: Transaction, id: string): Promise<void> {
    await this.store.markDeleted(tx, id, this.clock.now(), sealSecrets(this.secretBox, id, {}));
    await this.lifecycle.withdrawn(tx, id);
  }

  private async lockActive(tx: Transaction, projectId: string, id: string): Promise<IntegrationEntity> {
    const stored = await this.store.lock(tx, projectId, id);
    if (!stored) throw notFound('integration');
    if (stored.status === 'deleted') throw conflict('The integration is deleted.');
    return stored;
  }

  private dataEdit(stored: IntegrationEntity, data: Record<string, unknown>): IntegrationEdit {
    const definition = definitionOf({ sink: stored.sink });
    if (data['sink'] !== undefined && data['sink'] !== stored.sink) {
      throw badRequest({ 'data.sink': `cannot be changed from ${stored.sink}` });
    }
    const before = this.secretsBefore(definition, stored, data);
    const { source, config, secrets } = readData(definition, data, { ...stored, secrets: before ?? {} });
    const edit: IntegrationEdit = {};
    if (source !== stored.source) edit.source = source;
    if (!isDeepStrictEqual(config, stored.config)) edit.config = { ...config };
    if (!isDeepStrictEqual(secrets, before)) {
      edit.secrets = sealSecrets(this.secretBox, stored.id, secrets);
      edit.display = displayOf(definition, secrets);
    }
    return edit;
  }

  /** Undefined when they cannot be opened and need not be, as all are given anew: so a lost key can be mended. */
  private secretsBefore(
    definition: SinkDefinition,
    stored: IntegrationEntity,
    data: Record<string, unknown>,
  ): SinkSecrets | undefined {
    try {
      return openSecrets(this.secretBox, stored.id, stored.secrets);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      const given = secretsIn(definition, data);
      const missing = Object.keys(definition.secrets.shape).filter((name) => !(name in given));
      if (missing.length === 0) return undefined;
      throw badRequest(
        Object.fromEntries(missing.map((name) => [`data.${name}`, 'is stored unreadable, send it again'])),
      );
    }
  }

  /** Delivery tells revisions apart by `updatedAt`, so it grows with every change, whatever the clock does. */
  private async write(tx: Transaction, stored: IntegrationEntity, edit: IntegrationEdit): Promise<void> {
    if (Object.keys(edit).length === 0) return;
    const updatedAt = new Date(Math.max(this.clock.now().getTime(), stored.updatedAt.getTime() + 1));
    await this.store.edit(tx, stored.id, { ...edit, updatedAt });
  }
}
