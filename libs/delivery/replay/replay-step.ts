import { decide, type IntegrationView } from '../decide.js';
import { reopen, type DeliveryState, type Shown } from '../delivery-state.js';
import type { PlanRules } from '../plan.js';

/** What is asked for: one delivery, everything since a time, or what a filter selects. */
export type ReplayMode = 'one' | 'since' | 'filter';

/** What a replay of one delivery leads to; `busy`: it is being sent at this very moment. */
export type ReplayDeed = 'post' | 'update' | 'close' | 'send' | 'nothing' | 'busy';

export interface ReplayContext {
  readonly mode: ReplayMode;
  readonly subjectType: 'issue' | 'notification';
  readonly view: IntegrationView;
  readonly rules: PlanRules;
  /** As the sink's traits say: what was closed can be read back. */
  readonly readsBack: boolean;
  readonly now: Date;
}

export interface ReplayStep {
  readonly do: Exclude<ReplayDeed, 'busy'>;
  /** A sentence for people. */
  readonly reason: string;
  /** The delivery's state then; the same as before where nothing is done. */
  readonly state: DeliveryState;
}

/**
 * Brings a delivery to where its sink shows what should be shown NOW, and never pages for what is closed. What that takes
 * is decided by `decide`, as ever: here units are only taken back from the end they had found.
 */
export function replayStep(state: DeliveryState, subject: Shown, context: ReplayContext): ReplayStep {
  const { mirror } = state;
  if (!context.view.active) return nothing(state, 'The integration does not take this, or not any more.');
  if (mirror.pending) return nothing(state, 'The sink has taken it and is asked for its verdict.');
  if (isSummedUp(state)) return nothing(state, "The summary of a storm shows it in a message's place.");
  if (isOwed(state)) return hurry(state, subject, context);
  const isShown = mirror.ref !== null && mirror.shown !== null && mirror.shown.seq >= subject.seq;
  if (isShown) return assertAgain(state, subject, context);
  if (context.subjectType === 'notification' && state.settled.delivered > 0)
    return nothing(state, 'It was delivered; a notification is sent once.');
  if (!mirror.ended || context.mode === 'filter')
    return proceed(takenBack(state, context.now), state, subject, context);
  const forgetful = { ...state, mirror: { ...mirror, ended: null } };
  return proceed(takenBack(forgetful, context.now), state, subject, context);
}

const nothing = (state: DeliveryState, reason: string): ReplayStep => ({ do: 'nothing', reason, state });

const isOwed = (state: DeliveryState): boolean => state.settledSeq < state.acceptedSeq;

const isSummedUp = (state: DeliveryState): boolean =>
  state.stormId !== null && (isOwed(state) || state.lastEnd === 'delivered');

/** It goes anyway: now, and not when its turn would come. */
function hurry(state: DeliveryState, subject: Shown, context: ReplayContext): ReplayStep {
  if (context.view.blocked)
    return nothing(state, 'It waits for the integration: it goes when that is mended or resumed.');
  const { now } = context;
  const owedSince = state.parked ? now : state.owedSince;
  const hurried = { ...onceMore(state), parked: false, dueAt: now, owedSince };
  return proceed(hurried, state, subject, context);
}

/** The sink shows it as it is, as far as we know; a person who asks for this one, or for a span of time, knows better. */
function assertAgain(state: DeliveryState, subject: Shown, context: ReplayContext): ReplayStep {
  const { mode, subjectType, now, readsBack } = context;
  if (subjectType === 'notification') return nothing(state, 'It was delivered; a notification is sent once.');
  const isClosed = subject.status === 'closed';
  if (mode === 'filter' || (isClosed && !readsBack))
    return nothing(state, `The sink shows it as it is: ${subject.status}.`);
  const { mirror } = state;
  if (isClosed) {
    const verified = { ...state, dueAt: now, mirror: { ...mirror, verify: { at: now, round: 1 } as const } };
    const reason = 'It is closed: it is read back, and closed again if the sink has it open.';
    return promised({ do: 'close', reason, state: verified }, context);
  }
  const shown = mirror.shown && { ...mirror.shown, seq: 0 };
  const doubted = { ...state, mirror: { ...mirror, shown, changedAt: null } };
  return proceed(takenBack(doubted, now), state, subject, context);
}

/** Nothing that went wrong before is held against it. */
function onceMore(state: DeliveryState): DeliveryState {
  const { unknown } = state.mirror;
  const searchable = unknown && { ...unknown, posts: Math.min(unknown.posts, 1), searched: false };
  return {
    ...state,
    failures: 0,
    held: null,
    mirror: { ...state.mirror, refused: null, unknown: searchable },
  };
}

/** What was refused, held back or too late is owed again; where there is nothing of that, the newest unit is. */
function takenBack(state: DeliveryState, now: Date): DeliveryState {
  const free = onceMore(state);
  const reopened = reopen(free, ['rejected', 'expired', 'suppressed'], Infinity, now);
  return isOwed(reopened) ? reopened : reopen(free, ['delivered', 'coalesced'], 1, now);
}

function proceed(
  next: DeliveryState,
  before: DeliveryState,
  subject: Shown,
  context: ReplayContext,
): ReplayStep {
  const { view, now, rules, subjectType } = context;
  const unhindered = { ...view, blocked: false, throttledUntil: null, storm: false };
  const decision = decide(next, subject, unhindered, now, rules);
  const isClosed = subject.status === 'closed';
  if ('call' in decision) {
    const what = decision.call.do === 'repost' || decision.call.do === 'recover' ? 'post' : decision.call.do;
    if (what !== 'post' && what !== 'update' && what !== 'close')
      return nothing(before, 'What was sent last is being looked after.');
    if (isClosed && what !== 'close') return nothing(before, NEVER_SHOWN);
    const done = what === 'post' && subjectType === 'notification' ? 'send' : what;
    return promised({ do: done, reason: REASONS[done], state: next }, context);
  }
  if (view.hold) return nothing(before, view.hold.reason);
  if (isClosed) return nothing(before, NEVER_SHOWN);
  const later = 'rest' in decision && isOwed(decision.rest) ? decision.rest.dueAt : null;
  if (!later) return nothing(before, next.mirror.ended ? ENDED : 'The sink shows it as far as it should.');
  const reason = `Its message was changed a short time ago: it is updated at ${later.toISOString()}.`;
  return promised({ do: 'update', reason, state: { ...next, dueAt: later } }, context);
}

const NEVER_SHOWN = 'It is closed and not shown: a replay pages nobody for what is over.';
const ENDED =
  'A person ended it at the sink: it stays so until it gets worse, or is replayed by itself or by time.';
const REASONS = {
  post: 'It is open and not shown: it is posted as it is now.',
  update: 'It is open: its message is brought up to date.',
  close: 'It is closed and still shown as open: it is closed.',
  send: 'It was not delivered: it is sent.',
} as const;

/** What it waits for, if the integration cannot take it now. */
function promised(step: ReplayStep, { view, now }: ReplayContext): ReplayStep {
  if (view.blocked) {
    const reason = `${step.reason} It goes when the integration is mended or resumed.`;
    return { ...step, reason, state: { ...step.state, parked: true, dueAt: null } };
  }
  const { throttledUntil } = view;
  if (!throttledUntil || throttledUntil <= now) return step;
  const reason = `${step.reason} The sink asked to be left alone until ${throttledUntil.toISOString()}.`;
  return { ...step, reason, state: { ...step.state, dueAt: throttledUntil } };
}
