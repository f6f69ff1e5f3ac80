import { IsNull, LessThan } from 'typeorm';
import { DRILL_KIND, type IssueStatus, type Notification, type Severity } from '../../domain/index.js';
import type { Queryable } from '../database.js';
import { IssueEntity, IssueEventEntity, NotificationEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Which issues are wanted; what is absent does not restrict. Fire drills are listed only when their kind is asked for. */
export interface IssueFilter {
  readonly status?: IssueStatus | undefined;
  readonly clusterId?: string | undefined;
  readonly kind?: string | undefined;
}

/** That some issue of this kind and severity is open at a cluster. */
export interface OpenCondition {
  readonly clusterId: string;
  readonly kind: string;
  readonly severity: Severity;
}

/** Issues and notifications for people to read, newest first. */
export class IssueReadStore {
  list(
    db: Queryable,
    projectId: string,
    filter: IssueFilter,
    { limit = 50, after }: Listing,
  ): Promise<IssueEntity[]> {
    const { status, clusterId, kind } = filter;
    return db.repository(IssueEntity).find({
      where: {
        projectId,
        ...(status === undefined ? {} : { status }),
        ...(clusterId === undefined ? {} : { clusterId }),
        ...(kind === undefined ? {} : { kind }),
        ...(kind === DRILL_KIND ? {} : { drillOf: IsNull() }),
        ...(after === undefined ? {} : { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  async find(db: Queryable, projectId: string, id: string): Promise<IssueEntity | undefined> {
    return (await db.repository(IssueEntity).findOneBy({ id, projectId })) ?? undefined;
  }

  /** What is open at these clusters, whoever reported it. */
  openConditions(db: Queryable, clusterIds: readonly string[]): Promise<OpenCondition[]> {
    return db.query<OpenCondition>(
      `SELECT DISTINCT cluster_id AS "clusterId", kind, severity FROM issues
       WHERE cluster_id = ANY($1) AND status = 'open'`,
      [clusterIds],
    );
  }

  /** Events of an issue before number `beforeSeq`; one more than `limit`. */
  events(
    db: Queryable,
    issueId: string,
    limit: number,
    beforeSeq: number | undefined,
  ): Promise<IssueEventEntity[]> {
    return db.repository(IssueEventEntity).find({
      where: { issueId, ...(beforeSeq === undefined ? {} : { seq: LessThan(beforeSeq) }) },
      order: { seq: 'DESC' },
      take: limit + 1,
    });
  }

  /** Without those of fire drills. */
  notifications(db: Queryable, projectId: string, { limit = 50, after }: Listing): Promise<Notification[]> {
    return db.repository(NotificationEntity).find({
      where: { projectId, drillOf: IsNull(), ...(after === undefined ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
