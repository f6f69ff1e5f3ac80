import type { StreamIntake } from '../delivery/index.js';
import type { ClusterLook } from '../detection/index.js';
import type { MetricSample, NewEntry } from '../domain/index.js';
import { pageSamples } from './page-samples.js';
import type { RawAnswer } from './poll-node.js';
import { statsSamples } from './stats-samples.js';
import { UnreadableAnswer } from './unreadable-answer.js';
import type { WatchedCluster } from './watched-clusters.js';

/** Of one node in one round. A node with a hundred subscriptions has some 1,100 when all of theirs are wanted. */
const MAX_SAMPLES = 2_000;

/** What became of a round's samples. */
export interface ScrapeNews {
  readonly accepted: number;
  /** Neither stored nor asked for again: they were not accepted, and the next round brings the next ones. */
  readonly lost: number;
  readonly failure?: unknown;
  /** Beyond what is taken of a node. */
  readonly leftOut: number;
  /** Addresses of nodes with more than that, and of those without. */
  readonly crowded: readonly string[];
  readonly roomy: readonly string[];
}

/**
 * The metrics in the answers of one round of one cluster: no node is asked a second time, and nothing of an answer is
 * kept but the wanted samples.
 */
export class MetricScrape {
  readonly #entries = new Map<string, NewEntry[]>();
  #leftOut = 0;
  readonly #crowded = new Set<string>();
  /** Answers to `/stats`, until it is known whether there are `/metrics`. */
  readonly #stats = new Map<string, RawAnswer>();

  constructor(
    private readonly cluster: Pick<WatchedCluster, 'id' | 'projectId'>,
    private readonly isWanted: (name: string) => boolean,
    private readonly intake: StreamIntake,
    private readonly tell: (news: ScrapeNews) => void,
  ) {}

  readonly overhear = (answer: RawAnswer): void => {
    if (answer.endpoint === 'stats') this.#stats.set(answer.address, answer);
    if (answer.endpoint !== 'metrics') return;
    this.#stats.delete(answer.address);
    this.take(answer, pageSamples(answer.body, this.isWanted));
  };

  /** Hands the samples over, all of the round at once. Never throws. */
  async store({ nodes }: ClusterLook): Promise<void> {
    for (const { node, observations } of nodes) {
      const stats = this.#stats.get(node.address);
      // A page that was only not to be had this time is no reason to read its figures elsewhere.
      const hasNoPage = observations.metrics?.ok === false && observations.metrics.code === 'not-found';
      if (stats !== undefined && hasNoPage) this.takeStats(stats);
    }
    this.#stats.clear();
    const entries = [...this.#entries.values()].flat();
    const crowded = [...this.#crowded];
    const roomy = [...this.#entries.keys()].filter((address) => !this.#crowded.has(address));
    const common = { leftOut: this.#leftOut, crowded, roomy };
    const { id: cluster, projectId } = this.cluster;
    try {
      if (entries.length > 0) await this.intake.append([{ projectId, source: 'metrics', cluster, entries }]);
      this.tell({ accepted: entries.length, lost: 0, ...common });
    } catch (failure) {
      this.tell({ accepted: 0, lost: entries.length, failure, ...common });
    }
  }

  private takeStats(answer: RawAnswer): void {
    try {
      this.take(answer, statsSamples(answer.body, this.isWanted));
    } catch (error) {
      // Its observation says so already.
      if (!(error instanceof UnreadableAnswer)) throw error;
    }
  }

  private take({ address, at }: RawAnswer, samples: Iterable<MetricSample>): void {
    const node = URL.parse(address)?.host ?? address;
    const timeMs = Date.parse(at);
    const entries: NewEntry[] = [];
    for (const sample of samples) {
      if (entries.length < MAX_SAMPLES)
        entries.push({ timeMs, node, level: null, body: JSON.stringify(sample) });
      else {
        this.#leftOut += 1;
        this.#crowded.add(address);
      }
    }
    this.#entries.set(address, entries);
  }
}
