import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { IntegrationLifecycle, requireKnownNames, sealSecrets } from '../delivery/index.js';
import { CLOCK, conflict, newId, notFound, type Clock } from '../domain/index.js';
import { Audit, ProjectRemoval, SecretBox, type ProjectTenantRoom, type Tenant } from '../identity/index.js';
import {
  ClusterStore,
  Database,
  HoldEndStore,
  IntegrationStore,
  NamedThingsStore,
  ProjectStore,
} from '../persistence/index.js';
import type { IntegrationEntity, Transaction } from '../persistence/index.js';
import { definitionOf, readData } from './integration-data.js';
import { deedOn } from './integration-deeds.js';
import { dataEdit, differing, type EditPlan } from './integration-edit.js';
import {
  effectiveSettings,
  givenSettings,
  readSettings,
  withoutGiven,
  type IntegrationSettings,
} from './integration-settings.js';
import type { Creation, SettingsBody, Update } from './integration.schema.js';
import { requireKnownClusters } from './named-clusters.js';
import { displayOf } from './secret-mask.js';

const NOTHING: EditPlan = { edit: {}, changed: [] };

/** Makes, changes and deletes integrations, and tells delivery. */
@Injectable()
export class IntegrationsService implements OnModuleInit, ProjectTenantRoom {
  private readonly names = new NamedThingsStore();

  constructor(
    private readonly database: Database,
    private readonly store: IntegrationStore,
    private readonly projects: ProjectStore,
    private readonly clusters: ClusterStore,
    private readonly secretBox: SecretBox,
    private readonly lifecycle: IntegrationLifecycle,
    private readonly removal: ProjectRemoval,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.removal.register(this);
  }

  /** Without settings it has the defaults, whatever these are later. */
  async create({ organizationId, projectId }: Tenant, creation: Creation): Promise<string> {
    const { description, data } = creation;
    const definition = definitionOf(data);
    const { source, config, secrets } = readData(definition, data);
    const settings = creation.settings && readSettings(definition, creation.settings, ['settings']);
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
      settings: settings ?? {},
      status: 'active' as const,
      health: 'healthy' as const,
      createdAt,
      updatedAt: createdAt,
    };
    await this.database.transaction(async (tx) => {
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      await requireKnownClusters(tx, this.clusters, projectId, config);
      if (settings) await requireKnownNames(tx, this.names, projectId, 'settings.filter', settings.filter);
      await this.store.insert(tx, integration);
      await this.audit.record(tx, deedOn(integration, 'created', 'was created'));
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
   * one that the sink takes, the sink may not change. `isProven`: it has passed its test as it is now.
   */
  async update(
    projectId: string,
    id: string,
    { description, data }: Update,
    isProven: boolean,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.lockActive(tx, projectId, id);
      const { edit, changed } = data ? dataEdit(this.secretBox, stored, data) : NOTHING;
      if (edit.config) await requireKnownClusters(tx, this.clusters, projectId, edit.config, stored.config);
      const isRenamed = description !== undefined && description !== stored.description;
      await this.write(tx, stored, {
        edit: isRenamed ? { ...edit, description } : edit,
        changed: isRenamed ? ['description', ...changed] : changed,
      });
      if (edit.source) await this.lifecycle.withdrawn(tx, id);
      else if (edit.config) await this.lifecycle.rescoped(tx, id);
    });
    // Also when nothing differs: whoever applies the same data again has often mended something at the sink.
    if (isProven) await this.lifecycle.mended(id);
    else if (data && Object.keys(data).length > 0) await this.lifecycle.changed(id);
  }

  /** Resolves with the settings as they are then. What the filter held back is looked at again. `isProven`: as for `update`. */
  async changeSettings(
    projectId: string,
    id: string,
    given: SettingsBody,
    isProven: boolean,
  ): Promise<IntegrationSettings> {
    const settings = await this.database.transaction(async (tx) => {
      const stored = await this.lockActive(tx, projectId, id);
      const definition = definitionOf({ sink: stored.sink });
      const own = givenSettings(definition, id);
      const read = readSettings(definition, withoutGiven(given, own));
      const before = effectiveSettings(definition, stored.settings);
      await requireKnownNames(tx, this.names, projectId, 'filter', read.filter, before.filter);
      const changed = differing(before, read).map((name) => `settings.${name}`);
      await this.write(tx, stored, { edit: { settings: read }, changed });
      if (changed.length > 0) await new HoldEndStore().lookAgainAtFiltered(tx, id, this.clock.now());
      return { ...read, ...own };
    });
    await (isProven ? this.lifecycle.mended(id) : this.lifecycle.changed(id));
    return settings;
  }

  /** Deleting it again changes nothing. */
  async delete(projectId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.store.lock(tx, projectId, id);
      if (!stored) throw notFound('integration');
      if (stored.status === 'deleted') return;
      await this.bury(tx, id);
      await this.audit.record(tx, deedOn(stored, 'deleted', 'was deleted'));
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

  /** Delivery tells revisions apart by `updatedAt`, so it grows with every change, whatever the clock does. */
  private async write(
    tx: Transaction,
    stored: IntegrationEntity,
    { edit, changed }: EditPlan,
  ): Promise<void> {
    if (changed.length === 0) return;
    const updatedAt = new Date(Math.max(this.clock.now().getTime(), stored.updatedAt.getTime() + 1));
    await this.store.edit(tx, stored.id, { ...edit, updatedAt });
    const named = { ...stored, ...edit };
    await this.audit.record(tx, deedOn(named, 'changed', `was changed: ${changed.join(', ')}`, changed));
  }
}
