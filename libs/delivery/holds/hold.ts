import type { Severity } from '../../domain/index.js';

/** What filters and silences look at. */
export interface HoldSubject {
  readonly type: 'issue' | 'notification';
  /** Of a notification null. */
  readonly kind: string | null;
  readonly severity: Severity;
  readonly clusterId: string | null;
  readonly nodeId: string | null;
  /** The hub's own word on its state, or on what was held back: silences and windows do not concern it. */
  readonly isNotice?: boolean | undefined;
}

/** Which subjects are meant: an absent member does not restrict, those that are there must all fit. */
export interface Matcher {
  readonly minimumSeverity?: Severity | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly clusterIds?: readonly string[] | undefined;
  readonly nodeIds?: readonly string[] | undefined;
}

/** Of a silence or window, which may also be for certain integrations only. */
export interface HoldMatcher extends Matcher {
  readonly integrationIds?: readonly string[] | undefined;
}

/** What holds a subject back from an integration at this moment. */
export interface Hold {
  /** The id of the silence or window; `filter` of the integration's own filter. */
  readonly by: string;
  readonly type: 'filter' | 'silence' | 'window';
  /** When it will be looked at again at the latest; null of a filter, which holds until it is changed. */
  readonly until: Date | null;
  /** A sentence for people: who holds it back, why, and until when. */
  readonly reason: string;
}
