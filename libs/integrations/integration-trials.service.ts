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
import {
  effectiveSettings,
  givenSettings,
  readSettings,
  withoutGiven,
  type IntegrationSettings,
} from './integration-settings.js';
import type { Creation, SettingsBody, Trial, Update } from './integration.schema.js';
import { requireKnownClusters } from './named-clusters.js';

type Data = Readonly<Record<string, unknown>>;

/** Settings as somebody sent them, and where in the request they stand. */
interface GivenSettings {
  readonly given: SettingsBody;
  readonly path: readonly string[];
}

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
    if (integrationId === undefined) return this.tryNew(tenant, { data, settings });
    const stored = await this.store.find(this.database, tenant.projectId, integrationId);
    if (stored?.status !== 'active') throw badRequest({ integrationId: 'is no integration of this project' });
    return this.tryChange(tenant, stored, data, settings && { given: settings, path: ['settings'] });
  }

  /** Throws when the integration that would be created fails its test. */
  async beforeCreation(tenant: Tenant, creation: Pick<Creation, 'data' | 'settings'>): Promise<void> {
    await this.tryNew(tenant, creation);
  }

  /** Throws when the integration as it would be after the change fails its test. */
  async beforeUpdate(tenant: Tenant, id: string, { data = {} }: Update): Promise<void> {
    await this.tryChange(tenant, await this.active(tenant, id), data);
  }

  /** Throws when the integration with these settings in place of its own fails its test. */
  async beforeSettings(tenant: Tenant, id: string, given: SettingsBody): Promise<void> {
    await this.tryChange(tenant, await this.active(tenant, id), {}, { given, path: [] });
  }

  private async active({ projectId }: Tenant, id: string): Promise<IntegrationEntity> {
    const stored = await this.store.find(this.database, projectId, id);
    if (!stored) throw notFound('integration');
    if (stored.status === 'deleted') throw conflict('The integration is deleted.');
    return stored;
  }

  private async tryNew(
    tenant: Tenant,
    { data, settings: given = {} }: Pick<Creation, 'data' | 'settings'>,
  ): Promise<readonly string[]> {
    const definition = definitionOf(data);
    const { config, secrets } = readData(definition, data);
    const path = ['settings'];
    const settings = readSettings(definition, given, path);
    await requireKnownClusters(this.database, this.clusters, tenant.projectId, config);
    await this.requireKnown(tenant, path, settings);
    return this.test.runUnsaved(tenant, { sink: definition.kind, config, secrets, settings });
  }

  private async tryChange(
    tenant: Tenant,
    stored: IntegrationEntity,
    data: Data,
    other?: GivenSettings,
  ): Promise<readonly string[]> {
    const definition = definitionOf({ sink: stored.sink });
    const { config, secrets } = mergedData(this.secretBox, stored, data);
    await requireKnownClusters(this.database, this.clusters, tenant.projectId, config, stored.config);
    const before = effectiveSettings(definition, stored.settings);
    const given = other && withoutGiven(other.given, givenSettings(definition, stored.id), other.path);
    const settings = other && given ? readSettings(definition, given, other.path) : before;
    if (other) await this.requireKnown(tenant, other.path, settings, before);
    const unsaved: UnsavedIntegration = { id: stored.id, sink: stored.sink, config, secrets, settings };
    return this.test.runUnsaved(tenant, unsaved, stored);
  }

  private requireKnown(
    { projectId }: Tenant,
    path: readonly string[],
    { filter }: IntegrationSettings,
    before?: IntegrationSettings,
  ): Promise<void> {
    const at = [...path, 'filter'].join('.');
    return requireKnownNames(this.database, this.names, projectId, at, filter, before?.filter);
  }
}
