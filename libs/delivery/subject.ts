import type { DeliveryEntity, Queryable, SubjectStore } from '../persistence/index.js';
import type { IssueCard, NotificationCard, ReadBack, Sink, SinkCall, SinkReply } from '../sinks/index.js';
import type { Action, Mirror, Shown } from './delivery-state.js';

export type SendingAction = Extract<Action, 'open' | 'update' | 'close'>;

/** What a delivery is about, as it is now, and how it is sent. */
export interface Subject {
  readonly now: Shown;
  send(sink: Sink, action: SendingAction, mirror: Mirror, call: SinkCall): Promise<SinkReply>;
  /** Reads back what was closed. */
  readBack(sink: Sink, mirror: Mirror, call: SinkCall): Promise<ReadBack>;
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
      // Where a key leads to it, no reference is needed.
      if (action === 'close') return sink.close(card, mirror.ref ?? {}, call);
      return action === 'open' || !mirror.ref ? sink.open(card, call) : sink.update(card, mirror.ref, call);
    },
    readBack: (sink, mirror, call) => readBack(sink, card, mirror, call),
  };
}

async function notificationSubject(db: Queryable, store: SubjectStore, id: string): Promise<Subject> {
  const card: NotificationCard = await store.notification(db, id);
  return {
    now: { seq: 1, status: 'open', severity: card.notification.severity },
    send: (sink, _action, _mirror, call) => sink.notify(card, call),
    readBack: () => Promise.reject(new Error('A notification is not closed')),
  };
}

function readBack(sink: Sink, card: IssueCard, { ref }: Mirror, call: SinkCall): Promise<ReadBack> {
  if (!sink.readBack) throw new Error('The sink cannot be read back');
  return sink.readBack(card, ref ?? {}, call);
}
