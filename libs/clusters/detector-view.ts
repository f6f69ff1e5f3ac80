import { configOf, SWITCHED_OFF, type DetectionDefaults, type Detector } from '../detection/index.js';
import type { ClusterRecord, OpenClusterIssue } from '../persistence/index.js';
import { presentLook, type LastSeen } from './last-seen.js';
import { settingViews, type SettingView } from './setting-view.js';

/**
 * Whether a detector watches: `on`, `off` (switched off, or the registration leaves nothing to judge), or `blind` (what
 * was seen at last tells it nothing; it neither opens nor closes meanwhile). `reason` is a clause, null when on.
 */
export interface Watching {
  readonly status: 'on' | 'off' | 'blind';
  readonly reason: string | null;
}

/** One detector at one cluster. */
export interface DetectorView {
  readonly kind: string;
  readonly scope: 'node' | 'cluster';
  readonly enabled: boolean;
  /** Of the whole; `partly` when its nodes differ. */
  readonly status: Watching['status'] | 'partly';
  readonly reason: string | null;
  readonly settings: Record<string, SettingView>;
  /** Ids of its issues that are open. */
  readonly openIssues: readonly string[];
  /** Of a detector that judges each node by itself. */
  readonly nodes?: readonly (Watching & { readonly nodeId: string })[];
}

const ON: Watching = { status: 'on', reason: null };

/** The detector at the cluster as it is registered now, by what was seen at last. */
export function detectorView(
  detector: Detector,
  { cluster, nodes }: ClusterRecord,
  seen: LastSeen,
  defaults: DetectionDefaults,
  openIssues: readonly OpenClusterIssue[],
): DetectorView {
  const { kind, scope } = detector;
  const look = presentLook(cluster.name, nodes, seen, detector.reads);
  const { isEnabled } = configOf(detector, defaults, cluster.detection);
  const common = {
    kind,
    scope,
    enabled: isEnabled,
    settings: settingViews(detector, defaults, cluster.detection),
    openIssues: openIssues.filter((issue) => issue.kind === kind).map(({ id }) => id),
  };
  if (detector.scope === 'cluster') {
    return { ...common, ...watching(detector, look, isEnabled, unseen(detector, seen)) };
  }
  const ofNodes = look.nodes.map((one) => ({
    nodeId: one.node.id,
    ...watching(detector, { cluster: look.cluster, ...one }, isEnabled, unseen(detector, seen, one.node.id)),
  }));
  return { ...common, ...summary(ofNodes), nodes: ofNodes };
}

/** The part of a detector that tells whether it can judge. */
interface Judge<Look> {
  offBecause?(look: Look): string | undefined;
  blindBecause(look: Look): string | undefined;
}

function watching<Look>(
  detector: Judge<Look>,
  look: Look,
  isEnabled: boolean,
  whyUnseen: string | undefined,
): Watching {
  const off = isEnabled ? detector.offBecause?.(look) : SWITCHED_OFF;
  if (off !== undefined) return { status: 'off', reason: off };
  const blind = whyUnseen ?? detector.blindBecause(look);
  return blind === undefined ? ON : { status: 'blind', reason: blind };
}

function unseen({ reads }: Detector, seen: LastSeen, nodeId?: string): string | undefined {
  const latest = seen.rounds[reads];
  if (latest === undefined) return 'the cluster has not been polled yet';
  if (!latest.isRecent) return `the cluster has not been polled since ${latest.at.toISOString()}`;
  if (nodeId !== undefined && !latest.observations.has(nodeId)) return 'the node has not been polled yet';
  return undefined;
}

function summary(nodes: readonly Watching[]): Pick<DetectorView, 'status' | 'reason'> {
  const on = nodes.filter(({ status }) => status === 'on').length;
  const [first = ON, ...others] = nodes;
  if (others.every(({ status }) => status === first.status)) {
    const isSameReason = others.every(({ reason }) => reason === first.reason);
    return {
      status: first.status,
      reason: isSameReason ? first.reason : 'for the reason given at each node',
    };
  }
  if (on > 0) return { status: 'partly', reason: `on ${on} of ${nodes.length} nodes: see nodes` };
  return { status: 'blind', reason: 'off or blind at every node: see nodes' };
}
