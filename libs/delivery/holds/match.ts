import { SEVERITIES } from '../../domain/index.js';
import type { HoldSubject, Matcher } from './hold.js';

/** Whether a subject fits one member of a matcher, as a sentence. */
export interface MatchFinding {
  readonly member: keyof Matcher;
  readonly ok: boolean;
  readonly text: string;
}

/** Ids that a sentence names; of more only their number is said. */
const NAMED = 3;

/**
 * Looks at every member that a filter has, in one order. Members on what a notification does not have, its kind and its
 * node, are not looked at for one: it is let through.
 */
export function explainMatch(matcher: Matcher, subject: HoldSubject): readonly MatchFinding[] {
  const { minimumSeverity, kinds, clusterIds, nodeIds } = matcher;
  const findings: MatchFinding[] = [];
  if (minimumSeverity !== undefined) {
    const ok = SEVERITIES.indexOf(subject.severity) >= SEVERITIES.indexOf(minimumSeverity);
    const text = `Its severity ${subject.severity} is ${ok ? 'at least' : 'below'} ${minimumSeverity}.`;
    findings.push({ member: 'minimumSeverity', ok, text });
  }
  if (kinds && subject.type === 'issue') findings.push(among('kinds', 'kind', kinds, subject.kind));
  if (clusterIds) findings.push(among('clusterIds', 'cluster', clusterIds, subject.clusterId));
  if (nodeIds && subject.type === 'issue') findings.push(among('nodeIds', 'node', nodeIds, subject.nodeId));
  return findings;
}

/** Whether a filter lets the subject through: all members fit, and one that is absent does not restrict. */
export const matches = (matcher: Matcher, subject: HoldSubject): boolean =>
  explainMatch(matcher, subject).every(({ ok }) => ok);

/**
 * Whether a silence or window with this matcher is for the subject. Unlike a filter, which lets through what fits, it holds back
 * what fits: one that names kinds or nodes is for issues of these, and for no notification.
 */
export function isMeant(matcher: Matcher, subject: HoldSubject): boolean {
  const isForIssues = matcher.kinds !== undefined || matcher.nodeIds !== undefined;
  return (subject.type === 'issue' || !isForIssues) && matches(matcher, subject);
}

function among(
  member: keyof Matcher,
  what: string,
  wanted: readonly string[],
  actual: string | null,
): MatchFinding {
  if (actual === null)
    return { member, ok: false, text: `It has no ${what}, and only certain ones are meant.` };
  const ok = wanted.includes(actual);
  const named = wanted.length <= NAMED ? wanted.join(', ') : `${wanted.length} ${what}s`;
  return {
    member,
    ok,
    text: `Its ${what} ${actual} is ${ok ? 'among' : 'not among'} those meant: ${named}.`,
  };
}
