import type {
  DeliveryEntity,
  DeliveryProgress,
  IntegrationEntity,
  IssueEntity,
  Queryable,
  ReplayCandidate,
  ReplayStore,
  StoredHold,
} from '../../persistence/index.js';
import { traitsOf } from '../../sinks/index.js';
import { progressOf, stateOf } from '../delivery-rows.js';
import { freshDelivery } from '../fresh-delivery.js';
import { situationOf, type Fact } from '../situation.js';
import type { ReplayItem } from './replay-report.js';
import { replayStep, type ReplayMode, type ReplayStep } from './replay-step.js';

/** What all deliveries of one replay have in common. */
export interface ReplayScene {
  readonly integration: IntegrationEntity;
  readonly holds: readonly StoredHold[];
  readonly mode: ReplayMode;
  readonly updateIntervalMs: number;
  readonly now: Date;
}

/** What is done about some deliveries, and what is to be written for it. */
export interface ReplayBatch {
  readonly items: readonly ReplayItem[];
  readonly changes: readonly (DeliveryProgress & { readonly id: string })[];
}

const BUSY = 'It is being sent at this moment: ask again.';

/** Looks at deliveries of these ids; those of them that are not among `rows` belong to somebody else just now. */
export async function replayBatch(
  db: Queryable,
  store: ReplayStore,
  scene: ReplayScene,
  rows: readonly DeliveryEntity[],
): Promise<ReplayBatch> {
  const factOf = await readFacts(db, store, rows);
  const items: ReplayItem[] = [];
  const changes: (DeliveryProgress & { readonly id: string })[] = [];
  for (const row of rows) {
    const fact = factOf(row);
    // Forgotten since the rows were selected.
    if (!fact.issue && !fact.notification) continue;
    const step = isCalled(row, scene.now) ? 'busy' : stepOf(row, scene, fact);
    items.push(itemOf(row, step));
    if (step !== 'busy' && step.do !== 'nothing') changes.push({ ...progressOf(step.state), id: row.id });
  }
  return { items, changes };
}

/** A call that was begun and is not recorded, also of a worker that died: the next worker finds out what came of it. */
const isCalled = ({ call, leaseUntil }: DeliveryEntity, now: Date): boolean =>
  call !== null || (leaseUntil !== null && leaseUntil > now);

function stepOf(row: DeliveryEntity, scene: ReplayScene, fact: Fact): ReplayStep {
  const { integration, holds, updateIntervalMs, mode, now } = scene;
  const { subject, view, rules } = situationOf(row, integration, fact, holds, updateIntervalMs, now);
  const { readsBack } = traitsOf(integration.sink);
  const subjectType = row.subjectType === 'notification' ? 'notification' : 'issue';
  return replayStep(stateOf(row), subject, { mode, subjectType, view, rules, readsBack, now });
}

function itemOf(row: DeliveryEntity, step: ReplayStep | 'busy'): ReplayItem {
  const subject = { type: row.subjectType, id: row.subjectId };
  if (step === 'busy') return { deliveryId: row.id, subject, do: 'busy', reason: BUSY };
  return { deliveryId: row.id, subject, do: step.do, reason: step.reason };
}

/** What is locked by somebody else. */
export const busyItem = ({ id: deliveryId, subjectType: type, subjectId }: ReplayCandidate): ReplayItem => ({
  deliveryId,
  subject: { type, id: subjectId },
  do: 'busy',
  reason: BUSY,
});

async function readFacts(
  db: Queryable,
  store: ReplayStore,
  rows: readonly DeliveryEntity[],
): Promise<(row: DeliveryEntity) => Fact> {
  const idsOf = (type: string): string[] =>
    rows.filter(({ subjectType }) => subjectType === type).map(({ subjectId }) => subjectId);
  const issues = byId(await store.issues(db, idsOf('issue')));
  const notifications = byId(await store.notifications(db, idsOf('notification')));
  return ({ subjectId }) => ({ issue: issues.get(subjectId), notification: notifications.get(subjectId) });
}

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** What is done about issues that the integration was never owed. */
export function neverOwedItems(issues: readonly IssueEntity[], scene: ReplayScene): ReplayItem[] {
  return issues.map((issue) => {
    const step = stepOf(passedOver(issue, scene), scene, { issue });
    return { deliveryId: null, subject: { type: 'issue', id: issue.id }, do: step.do, reason: step.reason };
  });
}

/** As if it had been owed and held back: so it is taken back now. */
function passedOver({ id, eventCount }: IssueEntity, { integration, now }: ReplayScene): DeliveryEntity {
  const row = freshDelivery(integration, 'issue', id, eventCount, now);
  return {
    ...row,
    settledSeq: eventCount,
    suppressed: 1,
    lastEnd: 'suppressed',
    dueAt: null,
    owedSince: null,
  };
}
