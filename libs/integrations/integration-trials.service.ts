import { Injectable } from '@nestjs/common';
import { requireKnownNames, type UnsavedIntegration } from '../delivery/index.js';
import { badRequest, conflict, notFound } from '../domain/index.js';
import { SecretBox, type Tenant } from '../identity/index.js';
import {
  ClusterStore,
  Database,
  IntegrationStore,
  NamedThingsStore,
  type IntegrationEntity,
} from '../persistence/index.js';
import { ConnectionTest } from './connection-test.service.js';
import { definitionOf, readData } from './integration-data.js';
import { mergedData } from './integration-edit.js';
import { effectiveSettings, readSettings } from './integration-settings.js';
import type { Creation, SettingsBody, Trial, Update } from './integration.schema.js';
import { requireKnownClusters } from './named-clusters.js';

type Data = Readonly<Record<string, unknown>>;

/** Tries integrations and changes of them before they are saved. Everything is checked that saving would check. */
@Injectable()
export class IntegrationTrials {
  private readonly names = new NamedThingsStore();

  constructor(
    private readonly database: Database,
    private readonly store: IntegrationStore,
    private readonly clusters: ClusterStore,
    private readonly secretBox: SecretBox,
    private readonly test: ConnectionTest,
  ) {}

  /** Resolves with what was found. Throws the findings as a `Problem` when it fails. */
  async run(tenant: Tenant, { data, settings, integrationId }: Trial): Promise<readonly string[]> {
    if (integrationId === undefined) return this.tryNew(tenant, data, settings);
    const stored = await this.store.find(this.database, tenant.projectId, integrationId);
    if (stored?.status !== 'active') throw badRequest({ integrationId: 'is no integration of this project' });
    return this.tryChange(tenant, stored, data, settings);
  }

  /** Throws when the integration that would be created fails its test. */
  async beforeCreation(tenant: Tenant, { data }: Creation): Promise<void> {
    await this.tryNew(tenant, data);
  }

  /** Throws when the integration as it would be after the change fails its test. */
  async beforeUpdate(tenant: Tenant, id: string, { data = {} }: Update): Promise<void> {
    const stored = await this.store.find(this.database, tenant.projectId, id);
    if (!stored) throw notFound('integration');
    if (stored.status === 'deleted') throw conflict('The integration is deleted.');
    await this.tryChange(tenant, stored, data);
  }

  private async tryNew(tenant: Tenant, data: Data, given: SettingsBody = {}): Promise<readonly string[]> {
    const definition = definitionOf(data);
    const { config, secrets } = readData(definition, data);
    const settings = readSettings(definition, given, ['settings']);
    await requireKnownClusters(this.database, this.clusters, tenant.projectId, config);
    await this.requireKnown(tenant, settings);
    return this.test.runUnsaved(tenant, { sink: definition.kind, config, secrets, settings });
  }

  private async tryChange(
    tenant: Tenant,
    stored: IntegrationEntity,
    data: Data,
    given?: SettingsBody,
  ): Promise<readonly string[]> {
    const definition = definitionOf({ sink: stored.sink });
    const { config, secrets } = mergedData(this.secretBox, stored, data);
    await requireKnownClusters(this.database, this.clusters, tenant.projectId, config, stored.config);
    const before = effectiveSettings(definition, stored.settings);
    const settings = given ? readSettings(definition, given, ['settings']) : before;
    await this.requireKnown(tenant, settings, before);
    const unsaved: UnsavedIntegration = { sink: stored.sink, config, secrets, settings };
    return this.test.runUnsaved(tenant, unsaved, stored);
  }

  private requireKnown(
    { projectId }: Tenant,
    settings: ReturnType<typeof readSettings>,
    before?: ReturnType<typeof readSettings>,
  ): Promise<void> {
    const path = 'settings.filter';
    return requireKnownNames(this.database, this.names, projectId, path, settings.filter, before?.filter);
  }
}
