import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { Issue, Notification } from '../../domain/index.js';
import type { Database, Queryable } from '../database.js';
import { DeliveryEntity, IntegrationEntity, IssueEntity, NotificationEntity } from '../entities/index.js';
import { holdsJson, readHolds, type StoredHold } from './hold.store.js';

/** Names behind a subject's ids, for people to read. Those of what was removed are found, too. */
export interface SubjectNames {
  readonly projectName: string;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

/** A due delivery nobody works on, and everything that decides what becomes of it: all as it was at one moment. */
export interface ClaimRow {
  readonly delivery: DeliveryEntity;
  readonly integration: IntegrationEntity | undefined;
  /** Undefined for a notification or a storm, or when it is not there. */
  readonly issue: Issue | undefined;
  readonly notification: Notification | undefined;
  readonly names: SubjectNames;
  /** Silences and windows of the project that may be on. */
  readonly holds: readonly StoredHold[];
  /** Of the delivery's row. Whoever writes names it: a row that somebody else has written meanwhile has another. */
  readonly version: string;
}

const ENTITIES = {
  delivery: DeliveryEntity,
  integration: IntegrationEntity,
  issue: IssueEntity,
  notification: NotificationEntity,
} as const;
type Part = keyof typeof ENTITIES;
const PARTS = Object.keys(ENTITIES) as Part[];

/** Reads what a claim is decided on, in one statement: every call to a sink waits for it. */
export class ClaimStore {
  private shape: { readonly sql: string; readonly columns: Readonly<Record<Part, Column[]>> } | undefined;

  /** Undefined when there is none, it is not due, or another owner has it. */
  async read(db: Queryable, deliveryId: string, now: Date): Promise<ClaimRow | undefined> {
    const { sql, columns } = (this.shape ??= shapeOf(db));
    const parameters = [deliveryId, now];
    const rows = await ('prepared' in db
      ? (db as Database).prepared<Row>('delivery-claim', sql, parameters)
      : db.query<Row>(sql, parameters));
    const row = rows[0];
    if (!row) return undefined;
    return {
      delivery: partOf(row, columns.delivery) as DeliveryEntity,
      integration: partOf(row, columns.integration) as IntegrationEntity | undefined,
      issue: partOf(row, columns.issue) as IssueEntity | undefined,
      notification: partOf(row, columns.notification) as NotificationEntity | undefined,
      names: namesOf(row),
      holds: readHolds(row['holds']),
      version: row['version'] as string,
    };
  }
}

type Row = Readonly<Record<string, unknown>>;

interface Column {
  readonly property: string;
  readonly selected: string;
  readonly as: string;
}

/** Undefined when the row has no such part; each of them has an id. */
function partOf(row: Row, columns: readonly Column[]): object | undefined {
  const part: Record<string, unknown> = {};
  for (const { property, as } of columns) part[property] = row[as];
  return part['id'] == null ? undefined : part;
}

const namesOf = (row: Row): SubjectNames => ({
  projectName: row['projectName'] as string,
  clusterName: row['clusterName'] as string | null,
  nodeAddress: row['nodeAddress'] as string | null,
});

function shapeOf(db: Queryable): NonNullable<ClaimStore['shape']> {
  const columns = Object.fromEntries(
    PARTS.map((part) => [part, columnsOf(db, part, ENTITIES[part])]),
  ) as Record<Part, Column[]>;
  const selected = PARTS.flatMap((part) => columns[part].map(({ selected: sql, as }) => `${sql} AS "${as}"`));
  return { sql: sqlOf(selected), columns };
}

const columnsOf = (db: Queryable, part: Part, entity: EntityTarget<ObjectLiteral>): Column[] =>
  db.repository(entity).metadata.columns.map(({ databaseName, propertyName }) => ({
    property: propertyName,
    selected: `${part}."${databaseName}"`,
    as: `${part}.${propertyName}`,
  }));

const PROJECT = 'COALESCE(issue.project_id, notification.project_id)';
const CLUSTER = 'COALESCE(issue.cluster_id, notification.cluster_id)';

const sqlOf = (columns: readonly string[]): string => `
  SELECT ${columns.join(', ')}, delivery.xmin::text AS version,
         ${holdsJson('integration.project_id', '$2')} AS holds,
         COALESCE((SELECT name FROM projects WHERE id = ${PROJECT}), ${PROJECT}) AS "projectName",
         (SELECT name FROM clusters WHERE id = ${CLUSTER}) AS "clusterName",
         (SELECT address FROM cluster_nodes WHERE id = issue.node_id) AS "nodeAddress"
  FROM deliveries delivery
  LEFT JOIN integrations integration ON integration.id = delivery.integration_id
  LEFT JOIN issues issue ON delivery.subject_type = 'issue' AND issue.id = delivery.subject_id
  LEFT JOIN notifications notification
         ON delivery.subject_type = 'notification' AND notification.id = delivery.subject_id
  WHERE delivery.id = $1 AND delivery.due_at <= $2 AND (delivery.lease_until IS NULL OR delivery.lease_until <= $2)`;
