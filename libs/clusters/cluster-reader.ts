import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { notFound, OWN_KEY_PREFIX } from '../domain/index.js';
import { SecretBox } from '../identity/index.js';
import { LOGGER, type Logger } from '../observability/index.js';
import { ClusterStore, Database, LogFileStore, type ClusterRecord } from '../persistence/index.js';
import { pageOf, type PageQuery } from '../rest/index.js';
import { openCredentials } from './cluster-credentials.js';
import { clusterBrief, clusterView } from './cluster-view.js';
import { LastSeenService } from './last-seen.service.js';

/** Clusters as they are shown. */
@Injectable()
export class ClusterReader {
  constructor(
    private readonly database: Database,
    private readonly store: ClusterStore,
    private readonly lastSeen: LastSeenService,
    private readonly logFiles: LogFileStore,
    private readonly secretBox: SecretBox,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async list(projectId: string, query: PageQuery) {
    const records = await this.store.list(this.database, projectId, query);
    const { items, next } = pageOf(records, query.limit, ({ cluster }) => cluster.id);
    const seen = await this.lastSeen.briefly(items.map(({ cluster }) => cluster.id));
    return { clusters: items.map((record) => clusterBrief(record, seen.get(record.cluster.id))), next };
  }

  /** Throws 404 when it is not of this project. */
  async get(projectId: string, id: string) {
    const record = await this.store.find(this.database, projectId, id);
    if (!record) throw notFound('cluster');
    return this.show(record);
  }

  async show(record: ClusterRecord) {
    const { id, credentials } = record.cluster;
    const nodeIds = record.cluster.pollsLogs ? record.nodes.map((node) => node.id) : [];
    const [seen, openIssues, logPolls] = await Promise.all([
      this.lastSeen.of(record),
      this.store.openIssues(this.database, id, OWN_KEY_PREFIX),
      this.logFiles.polls(this.database, nodeIds),
    ]);
    const username = credentials === null ? null : this.usernameOf(id, credentials);
    const { detection: defaults } = this.settings;
    return clusterView(record, { seen, openIssues, defaults, username, logPolls });
  }

  /** Null when the credentials cannot be opened: the rest of the cluster is worth showing all the same. */
  private usernameOf(clusterId: string, sealed: string): string | null {
    try {
      return openCredentials(this.secretBox, clusterId, sealed).username;
    } catch {
      const details = { event: 'cluster.credentials_unreadable', clusterId };
      this.logger.error(details, 'credentials cannot be opened');
      return null;
    }
  }
}
