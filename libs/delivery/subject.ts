import type { DeliveryEntity, Queryable, SubjectStore } from '../persistence/index.js';
import type { IssueCard, NotificationCard, Sink, SinkCall, SinkReply } from '../sinks/index.js';
import type { Action, Mirror, Shown } from './delivery-state.js';

/** What a delivery is about, as it is now, and how it is sent. */
export interface Subject {
  readonly now: Shown;
  send(sink: Sink, action: Exclude<Action, 'recover'>, mirror: Mirror, call: SinkCall): Promise<SinkReply>;
}

/** Reads a delivery's issue or notification as it is at this moment, with the names a message shows. */
export async function loadSubject(
  db: Queryable,
  store: SubjectStore,
  delivery: DeliveryEntity,
): Promise<Subject> {
  return delivery.subjectType === 'issue'
    ? issueSubject(db, store, delivery.subjectId)
    : notificationSubject(db, store, delivery.subjectId);
}

async function issueSubject(db: Queryable, store: SubjectStore, id: string): Promise<Subject> {
  const card: IssueCard = await store.issue(db, id);
  const { issue } = card;
  return {
    now: { seq: issue.eventCount, status: issue.status, severity: issue.severity },
    send: (sink, action, mirror, call) => {
      if (action === 'open' || !mirror.ref) return sink.open(card, call);
      return action === 'close' ? sink.close(card, mirror.ref, call) : sink.update(card, mirror.ref, call);
    },
  };
}

async function notificationSubject(db: Queryable, store: SubjectStore, id: string): Promise<Subject> {
  const card: NotificationCard = await store.notification(db, id);
  return {
    now: { seq: 1, status: 'open', severity: card.notification.severity },
    send: (sink, _action, _mirror, call) => sink.notify(card, call),
  };
}
