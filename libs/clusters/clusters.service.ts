import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { badRequest, CLOCK, newId, notFound, type Clock } from '../domain/index.js';
import {
  Audit,
  ProjectRemoval,
  SecretBox,
  SecretUnreadable,
  type ProjectTenantRoom,
  type Tenant,
} from '../identity/index.js';
import { LOGGER, type Logger } from '../observability/index.js';
import {
  ClusterStore,
  Database,
  ProjectStore,
  type ClusterRecord,
  type Transaction,
} from '../persistence/index.js';
import { changedMembers, clusterDeed } from './cluster-deed.js';
import { openCredentials, sealCredentials } from './cluster-credentials.js';
import { ClusterObserver } from './cluster-observer.js';
import { nodesOf, tlsOf } from './cluster-registration.js';
import { overridesAfter } from './detection-overrides.js';
import type { Registration, RegistrationChange } from './cluster.schema.js';

/** Registers, changes and removes clusters, and tells the observer. */
@Injectable()
export class ClustersService implements OnModuleInit, ProjectTenantRoom {
  constructor(
    private readonly database: Database,
    private readonly store: ClusterStore,
    private readonly projects: ProjectStore,
    private readonly secretBox: SecretBox,
    private readonly observer: ClusterObserver,
    private readonly removal: ProjectRemoval,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.removal.register(this);
  }

  async register(tenant: Tenant, body: Registration): Promise<string> {
    const { projectId } = tenant;
    const now = this.clock.now();
    const id = newId(now);
    const credentials = body.credentials ? sealCredentials(this.secretBox, id, body.credentials) : null;
    const cluster = {
      id,
      projectId,
      name: body.name,
      tls: tlsOf(body.tls),
      credentials,
      detection: overridesAfter({}, body.detection),
      pollsLogs: body.logs?.poll ?? false,
      status: 'available' as const,
      provisioning: {},
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
    await this.database.transaction(async (tx) => {
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      await this.store.insert(tx, { cluster, nodes: nodesOf(id, body.nodes, []) });
      await this.audit.record(tx, clusterDeed(tenant, cluster, 'registered'));
    });
    await this.tell(id);
    return id;
  }

  async change(tenant: Tenant, id: string, body: RegistrationChange): Promise<ClusterRecord> {
    const record = await this.database.transaction(async (tx) => {
      const present = await this.store.lock(tx, tenant.projectId, id);
      if (!present) throw notFound('cluster');
      const nodes = body.nodes ? nodesOf(id, body.nodes, present.nodes) : present.nodes;
      const gone = present.nodes
        .filter((node) => !nodes.some((kept) => kept.id === node.id))
        .map((node) => node.id);
      const cluster = {
        ...present.cluster,
        name: body.name ?? present.cluster.name,
        tls: body.tls === undefined ? present.cluster.tls : tlsOf(body.tls),
        credentials: this.credentialsAfter(present, body),
        detection: overridesAfter(present.cluster.detection, body.detection),
        pollsLogs: body.logs === undefined ? present.cluster.pollsLogs : (body.logs?.poll ?? false),
        updatedAt: this.clock.now(),
      };
      const after = { cluster, nodes };
      await this.store.save(tx, after, gone);
      const changed = changedMembers(present, after);
      const how = `changed: ${changed.join(', ')}`;
      if (changed.length > 0)
        await this.audit.record(tx, clusterDeed(tenant, cluster, 'changed', { changed, how }));
      return after;
    });
    await this.tell(id);
    return record;
  }

  async remove(tenant: Tenant, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const present = await this.store.lock(tx, tenant.projectId, id);
      if (!present) throw notFound('cluster');
      await this.store.markDeleted(tx, tenant.projectId, id, this.clock.now());
      await this.audit.record(tx, clusterDeed(tenant, present.cluster, 'removed'));
    });
    await this.tell(id);
  }

  async endProjects(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>> {
    const ids = await this.store.markDeletedOf(tx, projectIds, this.clock.now());
    return async () => {
      for (const id of ids) await this.tell(id);
    };
  }

  private credentialsAfter({ cluster }: ClusterRecord, { credentials }: RegistrationChange): string | null {
    if (credentials === undefined) return cluster.credentials;
    if (credentials === null) return null;
    const { username, password } = credentials;
    if (password !== undefined) return sealCredentials(this.secretBox, cluster.id, { username, password });
    if (username === this.usernameOf(cluster)) return cluster.credentials;
    throw badRequest({ 'credentials.password': 'is required: none is stored for this username' });
  }

  /** Also undefined when the stored credentials cannot be opened: the password has to be sent again then. */
  private usernameOf({ id, credentials }: ClusterRecord['cluster']): string | undefined {
    try {
      return credentials === null ? undefined : openCredentials(this.secretBox, id, credentials).username;
    } catch (error) {
      if (error instanceof SecretUnreadable) return undefined;
      throw error;
    }
  }

  /** The change is committed and stays; the observer finds what it missed by itself. */
  private async tell(clusterId: string): Promise<void> {
    try {
      await this.observer.clusterChanged(clusterId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : typeof error;
      this.logger.error(
        { event: 'cluster.observer_failed', clusterId, reason },
        'the observer missed a change',
      );
    }
  }
}
