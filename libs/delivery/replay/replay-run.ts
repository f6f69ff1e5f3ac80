import { ID_PATTERN } from '../../domain/index.js';
import type { Tenant } from '../../identity/index.js';
import type {
  DueDelivery,
  IssueEntity,
  ReplayCandidate,
  ReplaySelection,
  RowCursor,
  Transaction,
} from '../../persistence/index.js';
import { cursorText, readCursor } from '../log/row-cursor.js';
import { busyItem, neverOwedItems, replayBatch, type ReplayScene } from './replay-batch.js';
import { ReplayReport, type ReplayAnswer, type ReplayItem } from './replay-report.js';
import { replayDeed, type ReplayParts } from './replay-parts.js';

/** Deliveries that are locked at once: each transaction is a short one. */
const BATCH = 500;
/** Deliveries that one request looks at, at most. */
const MOST = 10_000;
/** Begins the cursor of issues that were never owed; they come after all deliveries. */
const ISSUES = 'issue-';

/** One request to replay: batch by batch, first what is owed or was, then what never was. */
export class ReplayRun {
  private readonly report = new ReplayReport();
  private deliveriesAfter: RowCursor | undefined;
  private issuesAfter: string | undefined;
  private looksAtDeliveries = true;
  private seen = 0;
  private isTold: boolean;

  constructor(
    private readonly parts: ReplayParts,
    private readonly tenant: Tenant,
    private readonly scene: ReplayScene,
    private readonly selection: ReplaySelection,
    private readonly dryRun: boolean,
  ) {
    this.isTold = dryRun;
  }

  /** Where an earlier request left off. False when that cannot be. */
  startAt(cursor: string | undefined): boolean {
    if (cursor === undefined) return true;
    this.looksAtDeliveries = !cursor.startsWith(ISSUES);
    if (this.looksAtDeliveries) {
      this.deliveriesAfter = readCursor(cursor);
      return this.deliveriesAfter !== undefined;
    }
    this.issuesAfter = cursor.slice(ISSUES.length);
    return 'since' in this.selection && ID_PATTERN.test(this.issuesAfter);
  }

  async go(): Promise<ReplayAnswer> {
    if (this.looksAtDeliveries && (await this.deliveries())) {
      return this.report.answer(this.dryRun, this.deliveriesAfter ? cursorText(this.deliveriesAfter) : null);
    }
    const isMore = await this.issues();
    if (!this.isTold) await this.parts.database.transaction((tx) => this.tell(tx));
    return this.report.answer(this.dryRun, isMore ? `${ISSUES}${this.issuesAfter ?? ''}` : null);
  }

  /** Resolves with whether there may be more than one request looks at. */
  private async deliveries(): Promise<boolean> {
    const { store, database } = this.parts;
    const { id } = this.scene.integration;
    const found = await store.candidates(database, id, this.selection, MOST, this.deliveriesAfter);
    for (let from = 0; from < found.length; from += BATCH) await this.look(found.slice(from, from + BATCH));
    this.seen = found.length;
    this.deliveriesAfter = found.at(-1);
    return found.length === MOST;
  }

  private async look(found: readonly ReplayCandidate[]): Promise<void> {
    const { store, database } = this.parts;
    const ids = found.map(({ id }) => id);
    if (this.dryRun) {
      const { items } = await replayBatch(database, store, this.scene, await store.read(database, ids));
      this.report.add(inOrder(items, found));
      return;
    }
    const { items, due } = await database.transaction(async (tx) => {
      const rows = await store.lock(tx, ids);
      const batch = await replayBatch(tx, store, this.scene, rows);
      await store.write(tx, batch.changes, this.scene.now);
      await this.tell(tx);
      const locked = new Set(rows.map(({ id }) => id));
      const busy = found.filter(({ id }) => !locked.has(id)).map(busyItem);
      const { id: integrationId, sink } = this.scene.integration;
      const woken = batch.changes.filter(({ dueAt }) => dueAt !== null && dueAt <= this.scene.now);
      return { items: [...batch.items, ...busy], due: woken.map(({ id }) => ({ id, sink, integrationId })) };
    });
    this.done(inOrder(items, found), due);
  }

  private async issues(): Promise<boolean> {
    const { integration, now } = this.scene;
    if (!('since' in this.selection) || integration.source !== 'issues') return false;
    const { store, database } = this.parts;
    const { since } = this.selection;
    while (this.seen < MOST) {
      const { projectId } = this.tenant;
      const found = await store.neverOwed(
        database,
        projectId,
        integration.id,
        since,
        BATCH,
        this.issuesAfter,
      );
      if (found.length > 0) await this.owe(found, now);
      this.seen += found.length;
      this.issuesAfter = found.at(-1)?.id ?? this.issuesAfter;
      if (found.length < BATCH) return false;
    }
    return true;
  }

  private async owe(issues: readonly IssueEntity[], now: Date): Promise<void> {
    const items = neverOwedItems(issues, this.scene);
    if (this.dryRun) {
      this.report.add(items);
      return;
    }
    const { store, database } = this.parts;
    const { id: integrationId, sink } = this.scene.integration;
    const ids = issues.map(({ id }) => id);
    const made = await database.transaction(async (tx) => {
      await this.tell(tx);
      return store.oweNewest(tx, integrationId, ids, now);
    });
    const deliveryOf = new Map(made.map(({ id, issueId }) => [issueId, id]));
    const owed = items.flatMap((item) => {
      const deliveryId = deliveryOf.get(item.subject.id);
      return deliveryId === undefined ? [] : [{ ...item, deliveryId }];
    });
    this.done(
      owed,
      made.map(({ id }) => ({ id, sink, integrationId })),
    );
  }

  private done(items: readonly ReplayItem[], due: readonly DueDelivery[]): void {
    this.isTold = true;
    this.report.add(items);
    void this.parts.wakeups.wake(due);
  }

  /** Once, with the first change. */
  private async tell(tx: Transaction): Promise<void> {
    if (this.isTold) return;
    await this.parts.audit.record(tx, replayDeed(this.tenant, this.scene.integration, this.selection));
  }
}

/** In the order of the list, so that two looks at the same say the same. */
function inOrder(items: readonly ReplayItem[], found: readonly ReplayCandidate[]): ReplayItem[] {
  const itemOf = new Map(items.map((item) => [item.deliveryId, item]));
  return found.flatMap(({ id }) => itemOf.get(id) ?? []);
}
