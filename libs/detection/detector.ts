import type { IssueEventType, Severity } from '../domain/index.js';
import type { NodeObservations } from './observation.js';
import type { DetectorSettings, ValuesOf } from './setting.js';

/** Which endpoints are polled together: gossip, info and health, or the host's figures. */
export const ROUNDS = ['gossip', 'host'] as const;
export type Round = (typeof ROUNDS)[number];

/** A node as it is registered. */
export interface WatchedNode {
  readonly id: string;
  /** `https://n1.example.com:2113` */
  readonly address: string;
  /** Physical cores; null when nobody told. */
  readonly cores: number | null;
  /** Physical memory, where what the node reports of it is not to be trusted; null when nobody told. */
  readonly memoryBytes: number | null;
}

/** One node in one round. */
export interface NodeLook {
  readonly cluster: { readonly name: string };
  readonly node: WatchedNode;
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
  /** The round should be repeated this long after its beginning, without waiting for its next turn. */
  readonly lookAgainAfterMs?: number;
}

/** How closely is watched. */
export interface Pace {
  /** Two looks further apart than this (or than the window, if that is longer) leave time between them unwatched. */
  readonly maxGapMs: number;
}

interface DetectorBase<Look, State, Specs extends DetectorSettings> {
  /** The issue's kind. */
  readonly kind: string;
  readonly reads: Round;
  readonly settings: Specs;
  /** What is remembered of a subject that was never looked at. Evaluations that find nothing lead back to it, or near. */
  readonly initial: State;
  /** Stored state, read back; whatever cannot be read becomes `initial`. */
  restore(json: unknown): State;
  /** Why the registration leaves nothing to judge (no core count, say), as a clause; an open issue ends then. */
  offBecause?(look: Look): string | undefined;
  /** Why these observations tell it nothing (no credentials, impossible figures), as a clause; nothing opens or closes then. */
  blindBecause(look: Look): string | undefined;
  evaluate(state: State, look: Look, settings: ValuesOf<Specs> & Pace): Evaluation<State>;
}

/** Judges each node by itself. */
export interface NodeDetector<State, Specs extends DetectorSettings = DetectorSettings> extends DetectorBase<
  NodeLook,
  State,
  Specs
> {
  readonly scope: 'node';
}

/** Judges a cluster by what all its nodes said in one round. */
export interface ClusterDetector<
  State,
  Specs extends DetectorSettings = DetectorSettings,
> extends DetectorBase<ClusterLook, State, Specs> {
  readonly scope: 'cluster';
}

/**
 * A pure rule from (state, observations) to (state, transitions). State is plain JSON and holds all that is remembered:
 * an evaluation resumed from stored state ends as if there had been no interruption. While an issue is open every
 * evaluation that learns anything emits another `open`; then one `closed`. Never `closed` without an `open` before.
 */
export type Detector<State = unknown> = NodeDetector<State> | ClusterDetector<State>;
