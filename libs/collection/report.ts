import type { IntakeScope } from '../delivery/index.js';
import type { Transition } from '../detection/index.js';
import { OWN_KEY_PREFIX, Problem } from '../domain/index.js';

/** A transition that is committed, and its number among its issue's events. */
export interface ReportedTransition extends Transition {
  readonly kind: string;
  readonly issueId: string;
  /** Absent when it changed nothing: the issue was closed already. */
  readonly seq?: number;
}

/** A transition of one kind of issue. */
export interface KindTransition extends Transition {
  readonly kind: string;
}

/**
 * A message is stored with every event. Those of real clusters are far shorter; a node that invents long names must not
 * fill the database.
 */
const MAX_MESSAGE_CHARACTERS = 8_000;

const bounded = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARACTERS
    ? message
    : `${message.slice(0, MAX_MESSAGE_CHARACTERS - 1).toWellFormed()}…`;

/** Identity of what a detector watches: the cluster, or one of its nodes. */
export const issueKey = (kind: string, clusterId: string, nodeId: string | null): string =>
  OWN_KEY_PREFIX + [kind, clusterId, ...(nodeId === null ? [] : [nodeId])].join(':');

/** Hands transitions to the intake, in their order. One that closes what was removed from the database is left out. */
export async function report(
  scope: IntakeScope,
  { id: clusterId, projectId }: { readonly id: string; readonly projectId: string },
  transitions: readonly KindTransition[],
): Promise<ReportedTransition[]> {
  const reported: ReportedTransition[] = [];
  for (const transition of transitions) {
    const { kind, event, severity, nodeId, time } = transition;
    const message = bounded(transition.message);
    const key = issueKey(kind, clusterId, nodeId);
    const content = { key, event, kind, severity, message, clusterId, nodeId, time };
    const accepted = await scope.acceptIssue(projectId, content).catch((error: unknown) => {
      // The issue was removed from the database meanwhile: then it need not be closed.
      if (event === 'closed' && error instanceof Problem && error.status === 404) return undefined;
      throw error;
    });
    if (accepted !== undefined) reported.push({ ...transition, ...accepted });
  }
  return reported;
}
