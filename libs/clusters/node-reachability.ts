import { ENDPOINTS, type EndpointObservation, type NodeObservations } from '../detection/index.js';
import { EGRESS_FAILURE_CODES } from '../egress/index.js';

/** Whether Spillway can talk to a node; what its peers see of it is another matter. */
export interface Reachability {
  /** `unreachable` when no endpoint of it gave any HTTP answer; a 401 or a 503 is an answer, too. */
  readonly status: 'reachable' | 'unreachable' | 'unknown';
  /** Why it is not known to be reachable, as a sentence; null when it is. */
  readonly reason: string | null;
  /** Of the observation that says so; null when there is none. */
  readonly at: string | null;
}

type Failed = Extract<EndpointObservation<unknown>, { ok: false }>;

/** Failures of our request after which nothing is known to have come back. Of the others an answer was the cause. */
const ANSWERED_ALL_THE_SAME: readonly string[] = ['body-too-large', 'redirect'];
const NO_ANSWER = new Set<string>(
  EGRESS_FAILURE_CODES.filter((code) => !ANSWERED_ALL_THE_SAME.includes(code)),
);
/** The node was not asked: the fault is ours, or the configuration's. */
const NOT_ASKED: ReadonlySet<string> = new Set(['credentials-unreadable', 'internal']);

/** Whether the node gave any HTTP answer to this question. */
export const isAnswered = (observation: EndpointObservation<unknown>): boolean =>
  observation.ok || !(NO_ANSWER.has(observation.code) || NOT_ASKED.has(observation.code));

/** From what its endpoints said in the latest rounds, as far as those are recent. */
export function reachabilityOf(observations: NodeObservations): Reachability {
  const all = inOrder(observations);
  const answered = all.filter(isAnswered).toSorted((one, other) => other.at.localeCompare(one.at))[0];
  if (answered !== undefined) return { status: 'reachable', reason: null, at: answered.at };
  const failures = all.filter((observation): observation is Failed => !observation.ok);
  const unanswered = failures.find(({ code }) => NO_ANSWER.has(code));
  if (unanswered !== undefined)
    return { status: 'unreachable', reason: unanswered.reason, at: unanswered.at };
  const [notAsked] = failures;
  return {
    status: 'unknown',
    reason: notAsked?.reason ?? 'The node has not been polled yet, or not lately.',
    at: notAsked?.at ?? null,
  };
}

const inOrder = (observations: NodeObservations): EndpointObservation<unknown>[] =>
  ENDPOINTS.flatMap((endpoint) => observations[endpoint] ?? []);
