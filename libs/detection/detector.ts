import type { IssueEventType, Severity } from '../domain/index.js';
import type { NodeObservations } from './observation.js';

/** Which endpoints are polled together: gossip and info, or the host's figures. */
export const ROUNDS = ['gossip', 'host'] as const;
export type Round = (typeof ROUNDS)[number];

/** Thresholds and times of all detectors. */
export interface DetectionSettings {
  readonly diskThresholdPercent: number;
  readonly diskWindowMs: number;
  readonly consensusConfirmAfterMs: number;
  /** Two samples further apart than this (or than the window, if that is longer) leave time between them unwatched. */
  readonly hostMaxGapMs: number;
  /** As `hostMaxGapMs`, of two looks at gossip. */
  readonly gossipMaxGapMs: number;
}

/** One node in one round. */
export interface NodeLook {
  readonly cluster: { readonly name: string };
  readonly node: { readonly id: string; readonly address: string };
  readonly observations: NodeObservations;
}

/** All nodes of a cluster in one round that was begun at `at`. */
export interface ClusterLook {
  readonly cluster: { readonly name: string };
  readonly at: Date;
  readonly nodes: readonly Omit<NodeLook, 'cluster'>[];
}

/** What an evaluation says of the issue. `nodeId` is null for an issue of the whole cluster. */
export interface Transition {
  readonly event: IssueEventType;
  readonly severity: Severity;
  readonly message: string;
  readonly nodeId: string | null;
  /** When the condition was seen. */
  readonly time: Date;
}

export interface Evaluation<State> {
  readonly state: State;
  readonly transitions: readonly Transition[];
  /** The round should be repeated after this long, without waiting for its next turn. */
  readonly lookAgainAfterMs?: number;
}

interface DetectorBase<State> {
  /** The issue's kind. */
  readonly kind: string;
  readonly reads: Round;
  /** What is remembered of a subject that was never looked at. */
  readonly initial: State;
  /** Stored state, read back; whatever cannot be read becomes `initial`. */
  restore(json: unknown): State;
}

/** Judges each node by itself. */
export interface NodeDetector<State> extends DetectorBase<State> {
  readonly scope: 'node';
  evaluate(state: State, look: NodeLook, settings: DetectionSettings): Evaluation<State>;
}

/** Judges a cluster by what all its nodes said in one round. */
export interface ClusterDetector<State> extends DetectorBase<State> {
  readonly scope: 'cluster';
  evaluate(state: State, look: ClusterLook, settings: DetectionSettings): Evaluation<State>;
}

/**
 * A pure rule from (state, observations) to (state, transitions). State is plain JSON and holds all that is remembered:
 * an evaluation resumed from stored state ends as if there had been no interruption. While the condition lasts every
 * evaluation emits another `open`; then one `closed`. Never `closed` without an `open` before.
 */
export type Detector<State = unknown> = NodeDetector<State> | ClusterDetector<State>;
