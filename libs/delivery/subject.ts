import type { ClaimRow } from '../persistence/index.js';
import type { IssueCard, NotificationCard, ReadBack, Sink, SinkCall, SinkReply } from '../sinks/index.js';
import type { Action, Mirror, Shown } from './delivery-state.js';
import type { HoldSubject } from './holds/hold.js';

export type SendingAction = Extract<Action, 'open' | 'update' | 'close'>;

/** What a delivery is about, as it is now, and how it is sent. */
export interface Subject {
  readonly now: Shown;
  /** What filters and silences look at; null when they do not concern it. */
  readonly held: HoldSubject | null;
  send(sink: Sink, action: SendingAction, mirror: Mirror, call: SinkCall): Promise<SinkReply>;
  /** Reads back what was closed. */
  readBack(sink: Sink, mirror: Mirror, call: SinkCall): Promise<ReadBack>;
}

/** A delivery's issue or notification as it was when the row was read, with the names a message shows. */
export function subjectOf({
  delivery,
  issue,
  notification,
  names,
}: Pick<ClaimRow, 'delivery' | 'issue' | 'notification' | 'names'>): Subject {
  if (issue) return issueSubject({ issue, ...names });
  if (notification) return notificationSubject({ notification, ...names });
  throw new Error(
    `A delivery refers to the ${delivery.subjectType} ${delivery.subjectId}, which does not exist`,
  );
}

function issueSubject(card: IssueCard): Subject {
  const { issue } = card;
  const { kind, severity, clusterId, nodeId } = issue;
  return {
    now: { seq: issue.eventCount, status: issue.status, severity },
    // A drill tests the way itself.
    held: issue.drillOf ? null : { type: 'issue', kind, severity, clusterId, nodeId },
    send: (sink, action, mirror, call) => {
      // Where a key leads to it, no reference is needed.
      if (action === 'close') return sink.close(card, mirror.ref ?? {}, call);
      return action === 'open' || !mirror.ref ? sink.open(card, call) : sink.update(card, mirror.ref, call);
    },
    readBack: (sink, mirror, call) => readBack(sink, card, mirror, call),
  };
}

function notificationSubject(card: NotificationCard): Subject {
  const { severity, clusterId, drillOf, isNotice } = card.notification;
  return {
    now: { seq: 1, status: 'open', severity, once: true },
    held: drillOf ? null : { type: 'notification', kind: null, severity, clusterId, nodeId: null, isNotice },
    send: (sink, _action, _mirror, call) => sink.notify(card, call),
    readBack: () => Promise.reject(new Error('A notification is not closed')),
  };
}

function readBack(sink: Sink, card: IssueCard, { ref }: Mirror, call: SinkCall): Promise<ReadBack> {
  if (!sink.readBack) throw new Error('The sink cannot be read back');
  return sink.readBack(card, ref ?? {}, call);
}
