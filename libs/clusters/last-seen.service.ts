import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { ROUNDS, type NodeObservations, type RecordedLook, type Round } from '../detection/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import {
  Database,
  ObservationStore,
  type ClusterRecord,
  type KeptObservation,
} from '../persistence/index.js';
import type { LastSeen, LatestRound } from './last-seen.js';

/** How many answers of nodes are searched for earlier ones: bounds the work for a node that never answers. */
const MAX_SEARCHED_ANSWERS = 3_000;
/** How long a round may take beside the time between two: nodes that do not answer are waited for. */
const MAX_ROUND_MS = 15_000;

/** Reads what was last seen of clusters. */
@Injectable()
export class LastSeenService {
  constructor(
    private readonly database: Database,
    private readonly observations: ObservationStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** All there is to know of one cluster; in two steps of queries, the second only when something failed. */
  async of({ cluster, nodes }: ClusterRecord): Promise<LastSeen> {
    const kept = await this.observations.latest(this.database, [cluster.id], ROUNDS);
    const seen = this.seenIn(kept);
    const maxRounds = Math.ceil(MAX_SEARCHED_ANSWERS / Math.max(1, nodes.length));
    const answers = await Promise.all(
      Object.entries(seen.rounds).map(async ([round, { observations }]) => {
        const wanted = failedIn(observations);
        if (wanted.length === 0) return [];
        return this.observations.lastAnswers(this.database, cluster.id, round, wanted, maxRounds);
      }),
    );
    const earlier = new Map<string, NodeObservations>();
    for (const { nodeId, endpoint, answer } of answers.flat())
      earlier.set(nodeId, { ...earlier.get(nodeId), [endpoint]: answer });
    return { ...seen, earlier };
  }

  /** Of many clusters only what the latest rounds say, by the cluster's id, in one query. */
  async briefly(
    clusterIds: readonly string[],
    rounds: readonly Round[] = ['gossip'],
  ): Promise<ReadonlyMap<string, LastSeen>> {
    const kept = await this.observations.latest(this.database, clusterIds, rounds);
    const byCluster = Map.groupBy(kept, ({ clusterId }) => clusterId);
    return new Map(clusterIds.map((id) => [id, this.seenIn(byCluster.get(id) ?? [])]));
  }

  private seenIn(kept: readonly KeptObservation[]): LastSeen {
    const now = this.clock.now();
    const rounds: Partial<Record<Round, LatestRound>> = {};
    for (const { round: name, at, look } of kept) {
      const round = name as Round;
      const maxAgeMs = this.settings.detection.pace[round].maxGapMs + MAX_ROUND_MS;
      const { nodes } = look as Pick<RecordedLook, 'nodes'>;
      const observations = new Map(nodes.map((one) => [one.node.id, one.observations]));
      rounds[round] = { at, isRecent: now.getTime() - at.getTime() <= maxAgeMs, observations };
    }
    return { now, rounds, earlier: new Map() };
  }
}

const failedIn = (observations: LatestRound['observations']) =>
  [...observations].flatMap(([nodeId, endpoints]) =>
    Object.entries(endpoints).flatMap(([endpoint, { ok }]) => (ok ? [] : [{ nodeId, endpoint }])),
  );
